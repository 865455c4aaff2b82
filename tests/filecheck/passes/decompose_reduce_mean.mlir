// RUN: aipu-opt %s -p decompose-reduce-mean --check-numerics --split-input-file | filecheck %s

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[P:.*]] = nn.avg_pool2d %{{.*}} kernel [5, 7] : (tensor<2x5x7x3xf32>) -> tensor<2x1x1x3xf32>
// CHECK-NEXT:    %[[R:.*]] = nn.reshape %[[P]] : (tensor<2x1x1x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT:    func.return %[[R]]
func.func @main(%x: tensor<2x5x7x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.reduce_mean %x axes [1, 2] : (tensor<2x5x7x3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}

// -----

// A mean over channels is no pool.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.reduce_mean
func.func @main(%x: tensor<2x5x7x3xf32>) -> tensor<2x5x7x1xf32> {
  %0 = nn.reduce_mean %x axes [3] keep : (tensor<2x5x7x3xf32>) -> tensor<2x5x7x1xf32>
  func.return %0 : tensor<2x5x7x1xf32>
}

// -----

// A maximum over the map is left to whoever can do it.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.reduce_max
func.func @main(%x: tensor<2x5x7x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.reduce_max %x axes [1, 2] : (tensor<2x5x7x3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}
