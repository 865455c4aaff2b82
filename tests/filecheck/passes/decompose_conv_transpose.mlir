// RUN: aipu-opt %s -p decompose-conv-transpose --random-weights 0 --check-numerics --split-input-file | filecheck %s

// CHECK-LABEL: @main
// CHECK:         %[[C:.*]] = nn.conv2d %{{.*}} pad [1, 1, 0, 0] then relu {{.*}} -> tensor<1x4x4x12xf32>
// CHECK-NEXT:    %[[A:.*]] = nn.reshape %[[C]] : {{.*}} -> tensor<1x4x4x2x6xf32>
// CHECK-NEXT:    %[[T:.*]] = nn.transpose %[[A]] by [0, 1, 3, 2, 4]
// CHECK-NEXT:    %[[Y:.*]] = nn.reshape %[[T]] : {{.*}} -> tensor<1x8x8x3xf32>
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x8x8x3xf32> {
  %w = nn.weight "w" : tensor<3x3x3x2xf32>
  %b = nn.weight "b" : tensor<3xf32>
  %0 = nn.conv_transpose2d %x, %w, %b stride [2, 2] pad [0, 0, 1, 1] then relu : (tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>, tensor<3xf32>) -> tensor<1x8x8x3xf32>
  func.return %0 : tensor<1x8x8x3xf32>
}
