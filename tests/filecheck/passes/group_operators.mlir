// RUN: aipu-opt %s --print-debuginfo -p group-operators | filecheck %s

!x = !quant.uniform<i8, 0.05:-3>

// An operator of the machine becomes a group, named after its node, with the weights that
// it reads; what it reads twice is given once. A reshape stays as it is.
// CHECK:      func.func @segment_0(%x
// CHECK-NEXT:   %[[TANH:.*]] = tile.group "tanh1"(%x) {
// CHECK-NEXT:   ^bb0(%[[X:.*]]: tensor
// CHECK-NEXT:     %[[T:.*]] = nn.weight "t"
// CHECK-NEXT:     %[[L:.*]] = nn.lookup %[[X]], %[[T]]
// CHECK-NEXT:     tile.yield %[[L]]
// CHECK-NEXT:   } : {{.*}} loc("tanh1")
// CHECK-NEXT:   %[[R:.*]] = nn.reshape %[[TANH]]
// CHECK-NEXT:   %[[SUM:.*]] = tile.group "add1"(%[[R]]) {
// CHECK-NEXT:   ^bb0(%[[Y:.*]]: tensor
// CHECK-NEXT:     nn.add %[[Y]], %[[Y]]
// CHECK:        nn.reshape %[[SUM]]
// CHECK-NEXT:   func.return
func.func @segment_0(%x: tensor<1x4x!x>) -> tensor<1x4x!x> attributes {place = "machine"} {
  %t = nn.weight "t" : tensor<256xi8>
  %0 = nn.lookup %x, %t : (tensor<1x4x!x>, tensor<256xi8>) -> tensor<1x4x!x> loc("tanh1")
  %1 = nn.reshape %0 : (tensor<1x4x!x>) -> tensor<4x1x!x> loc("reshape1")
  %2 = nn.add %1, %1 rescale [1, 1, 1] >> 1 : (tensor<4x1x!x>, tensor<4x1x!x>) -> tensor<4x1x!x> loc("add1")
  %3 = nn.reshape %2 : (tensor<4x1x!x>) -> tensor<1x4x!x> loc("reshape2")
  func.return %3 : tensor<1x4x!x>
}

// The operators of the host are no groups.
// CHECK:      func.func @segment_1
// CHECK-NEXT:   nn.softmax
func.func @segment_1(%x: tensor<1x4xf32>) -> tensor<1x4xf32> attributes {place = "host"} {
  %0 = nn.softmax %x axis 1 : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("softmax1")
  func.return %0 : tensor<1x4xf32>
}

// Two operators of one node are two pieces of work. The one that computes has the name of
// the node; the location of each stays the node.
// CHECK:      func.func @segment_2
// CHECK:        tile.group "split1/requantise"
// CHECK:        } : {{.*}} loc("split1")
// CHECK:        tile.group "split1"
// CHECK:        } : {{.*}} loc("split1")
// CHECK:        tile.group "split1/add"
// CHECK:        } : {{.*}} loc("split1")
// CHECK:        tile.group "split1/add.2"
// CHECK:        } : {{.*}} loc("split1")
func.func @segment_2(%x: tensor<1x4x!x>) -> tensor<1x4x!x> attributes {place = "machine"} {
  %0 = nn.requantise %x rescale [1] >> 1 : (tensor<1x4x!x>) -> tensor<1x4x!x> loc("split1")
  %1 = nn.add %0, %0 rescale [1, 1, 1] >> 1 : (tensor<1x4x!x>, tensor<1x4x!x>) -> tensor<1x4x!x> loc("split1")
  %2 = nn.add %1, %1 rescale [1, 1, 1] >> 1 : (tensor<1x4x!x>, tensor<1x4x!x>) -> tensor<1x4x!x> loc("split1")
  %3 = nn.add %2, %2 rescale [1, 1, 1] >> 1 : (tensor<1x4x!x>, tensor<1x4x!x>) -> tensor<1x4x!x> loc("split1")
  func.return %3 : tensor<1x4x!x>
}

// A slice of whole rows stays, too: they lie in a row. One of channels, and one that
// leaves the function, are work.
// CHECK:      func.func @segment_3
// CHECK:        tile.group "made1"
// CHECK:        %[[ROWS:.*]] = nn.slice %{{.*}} from [1, 0]
// CHECK:        tile.group "read1"(%[[ROWS]])
// CHECK:        tile.group "channels1"
// CHECK:        tile.group "leaves1"
func.func @segment_3(%x: tensor<4x4x!x>) -> (tensor<2x4x!x>, tensor<4x2x!x>, tensor<2x4x!x>) attributes {place = "machine"} {
  %0 = nn.add %x, %x rescale [1, 1, 1] >> 1 : (tensor<4x4x!x>, tensor<4x4x!x>) -> tensor<4x4x!x> loc("made1")
  %1 = nn.slice %0 from [1, 0] sizes [2, 4] strides [1, 1] : (tensor<4x4x!x>) -> tensor<2x4x!x> loc("rows1")
  %2 = nn.add %1, %1 rescale [1, 1, 1] >> 1 : (tensor<2x4x!x>, tensor<2x4x!x>) -> tensor<2x4x!x> loc("read1")
  %3 = nn.slice %0 from [0, 1] sizes [4, 2] strides [1, 1] : (tensor<4x4x!x>) -> tensor<4x2x!x> loc("channels1")
  %4 = nn.slice %0 from [2, 0] sizes [2, 4] strides [1, 1] : (tensor<4x4x!x>) -> tensor<2x4x!x> loc("leaves1")
  func.return %2, %3, %4 : tensor<2x4x!x>, tensor<4x2x!x>, tensor<2x4x!x>
}
