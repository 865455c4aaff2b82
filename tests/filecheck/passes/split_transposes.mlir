// RUN: aipu-opt %s -p split-transposes --split-input-file --check-numerics | filecheck %s

// Rows of an image from its channels: [H, W, C, 2, 2] becomes [H, 2, W, 2, C], of which
// all but H move. Two columns of channels go ahead, then one behind.
// CHECK-LABEL: @main
// CHECK-NEXT:    %[[A:.*]] = nn.reshape %{{.*}} : (tensor<1x5x4x3x2x2xf32>) -> tensor<5x4x3x2x2xf32>
// CHECK-NEXT:    %[[B:.*]] = nn.transpose %[[A]] by [0, 3, 1, 2, 4] : (tensor<5x4x3x2x2xf32>) -> tensor<5x2x4x3x2xf32>
// CHECK-NEXT:    %[[C:.*]] = nn.transpose %[[B]] by [0, 1, 2, 4, 3] : (tensor<5x2x4x3x2xf32>) -> tensor<5x2x4x2x3xf32>
// CHECK-NEXT:    %[[D:.*]] = nn.reshape %[[C]] : (tensor<5x2x4x2x3xf32>) -> tensor<1x5x2x4x2x3xf32>
// CHECK-NEXT:    func.return %[[D]]
func.func @main(%x: tensor<1x5x4x3x2x2xf32>) -> tensor<1x5x2x4x2x3xf32> {
  %0 = nn.transpose %x by [0, 1, 4, 2, 5, 3] : (tensor<1x5x4x3x2x2xf32>) -> tensor<1x5x2x4x2x3xf32>
  func.return %0 : tensor<1x5x2x4x2x3xf32>
}

// -----

// Three that move are moved at once, however many stay ahead of them or together.
// CHECK-LABEL: @main
// CHECK-NEXT:    nn.transpose %{{.*}} by [0, 4, 5, 3, 1, 2]
// CHECK-NEXT:    func.return
func.func @main(%x: tensor<2x3x4x5x6x7xf32>) -> tensor<2x6x7x5x3x4xf32> {
  %0 = nn.transpose %x by [0, 4, 5, 3, 1, 2] : (tensor<2x3x4x5x6x7xf32>) -> tensor<2x6x7x5x3x4xf32>
  func.return %0 : tensor<2x6x7x5x3x4xf32>
}
