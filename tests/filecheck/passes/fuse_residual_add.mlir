// RUN: aipu-opt %s --split-input-file -p group-operators,fuse-residual-add | filecheck %s

!x = !quant.uniform<i8, 0.05:-3>

// The sum runs behind the convolution; a feature map that both read is given once.
// CHECK-LABEL: @one_reader
// CHECK-NEXT:    %[[SUM:.*]] = tile.group "add1"(%x) {
// CHECK-NEXT:    ^bb0(%[[X:.*]]: tensor
// CHECK:           %[[C:.*]] = nn.conv2d %[[X]]
// CHECK-NEXT:      %[[A:.*]] = nn.add %[[C]], %[[X]]
// CHECK-NEXT:      tile.yield %[[A]]
// CHECK:         func.return %[[SUM]]
func.func @one_reader(%x: tensor<1x4x4x2x!x>) -> tensor<1x4x4x2x!x> {
  %w = nn.weight "w" : tensor<2x1x1x2xi8>
  %b = nn.weight "b" : tensor<2xi32>
  %m = nn.weight "m" : tensor<2xi16>
  %s = nn.weight "s" : tensor<2xi8>
  %0 = nn.conv2d %x, %w, %b rescale %m, %s : (tensor<1x4x4x2x!x>, tensor<2x1x1x2xi8>, tensor<2xi32>, tensor<2xi16>, tensor<2xi8>) -> tensor<1x4x4x2x!x> loc("conv1")
  %1 = nn.add %0, %x rescale [1, 1, 1] >> 1 : (tensor<1x4x4x2x!x>, tensor<1x4x4x2x!x>) -> tensor<1x4x4x2x!x> loc("add1")
  func.return %1 : tensor<1x4x4x2x!x>
}

// -----

!x = !quant.uniform<i8, 0.05:-3>

// The result of the convolution is needed by itself: it must be stored.
// CHECK-LABEL: @two_readers
// CHECK:       tile.group "conv1"
// CHECK:       tile.group "add1"
func.func @two_readers(%x: tensor<1x4x4x2x!x>) -> (tensor<1x4x4x2x!x>, tensor<1x4x4x2x!x>) {
  %w = nn.weight "w" : tensor<2x1x1x2xi8>
  %b = nn.weight "b" : tensor<2xi32>
  %m = nn.weight "m" : tensor<2xi16>
  %s = nn.weight "s" : tensor<2xi8>
  %0 = nn.conv2d %x, %w, %b rescale %m, %s : (tensor<1x4x4x2x!x>, tensor<2x1x1x2xi8>, tensor<2xi32>, tensor<2xi16>, tensor<2xi8>) -> tensor<1x4x4x2x!x> loc("conv1")
  %1 = nn.add %0, %x rescale [1, 1, 1] >> 1 : (tensor<1x4x4x2x!x>, tensor<1x4x4x2x!x>) -> tensor<1x4x4x2x!x> loc("add1")
  func.return %0, %1 : tensor<1x4x4x2x!x>, tensor<1x4x4x2x!x>
}
