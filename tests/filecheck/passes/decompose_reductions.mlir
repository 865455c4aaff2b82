// RUN: aipu-opt %s -p decompose-reductions --check-numerics --split-input-file | filecheck %s

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[P:.*]] = nn.avg_pool2d %{{.*}} kernel [5, 7] : (tensor<2x5x7x3xf32>) -> tensor<2x1x1x3xf32>
// CHECK-NEXT:    %[[R:.*]] = nn.reshape %[[P]] : (tensor<2x1x1x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT:    func.return %[[R]]
func.func @main(%x: tensor<2x5x7x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.reduce_mean %x axes [1, 2] : (tensor<2x5x7x3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}

// -----

// A mean over channels is a pool over a map with them as its columns.

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[S:.*]] = nn.reshape %{{.*}} : (tensor<2x5x7x3xf32>) -> tensor<1x70x3x1xf32>
// CHECK-NEXT:    %[[P:.*]] = nn.avg_pool2d %[[S]] kernel [1, 3]
// CHECK-NEXT:    nn.reshape %[[P]] : (tensor<1x70x1x1xf32>) -> tensor<2x5x7x1xf32>
func.func @main(%x: tensor<2x5x7x3xf32>) -> tensor<2x5x7x1xf32> {
  %0 = nn.reduce_mean %x axes [3] keep : (tensor<2x5x7x3xf32>) -> tensor<2x5x7x1xf32>
  func.return %0 : tensor<2x5x7x1xf32>
}

// -----

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.max_pool2d %{{.*}} kernel [5, 7]
func.func @main(%x: tensor<2x5x7x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.reduce_max %x axes [1, 2] : (tensor<2x5x7x3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}

// -----

// Axes that are no neighbours are left to whoever can do it.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.reduce_max
func.func @main(%x: tensor<2x5x7x3xf32>) -> tensor<5x3xf32> {
  %0 = nn.reduce_max %x axes [0, 2] : (tensor<2x5x7x3xf32>) -> tensor<5x3xf32>
  func.return %0 : tensor<5x3xf32>
}
