// RUN: aipu-opt %s -p decompose-resize --random-weights 0 --check-numerics --split-input-file | filecheck %s

// CHECK-LABEL: @twice
// CHECK-NEXT:    %[[R:.*]] = nn.reshape %{{.*}} -> tensor<1x4x1x8xf32>
// CHECK-NEXT:    nn.concat %[[R]], %[[R]] axis 2
// CHECK-NEXT:    nn.reshape
// CHECK-NEXT:    func.return
func.func @twice(%x: tensor<1x4x4x2xf32>) -> tensor<1x8x4x2xf32> {
  %0 = nn.resize %x to [8, 4] step [0.5, 1.0] offset [0.0, 0.0] by "floor" : (tensor<1x4x4x2xf32>) -> tensor<1x8x4x2xf32>
  func.return %0 : tensor<1x8x4x2xf32>
}

// -----

// CHECK-LABEL: @bilinear
// CHECK:         nn.transpose %{{.*}} by [0, 2, 3, 1]
// CHECK:         nn.conv2d {{.*}} -> tensor<1x8x1x7xf32>
// CHECK:         nn.transpose %{{.*}} by [0, 3, 1, 2]
func.func @bilinear(%x: tensor<1x4x4x2xf32>) -> tensor<1x7x4x2xf32> {
  %0 = nn.resize %x to [7, 4] step [0.5, 1.0] offset [0.0, 0.0] by "linear" : (tensor<1x4x4x2xf32>) -> tensor<1x7x4x2xf32>
  func.return %0 : tensor<1x7x4x2xf32>
}
