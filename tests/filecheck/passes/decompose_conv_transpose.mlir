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

// -----

// A depthwise one is a depthwise convolution for each phase, on just those rows and
// columns that the result has: nothing is cut off afterwards.

// CHECK-LABEL: @main
// CHECK:         %[[A:.*]] = nn.conv2d %x, {{.*}} pad [1, 1, 0, 0] groups 3 {{.*}} -> tensor<1x4x4x3xf32>
// CHECK:         %[[B:.*]] = nn.conv2d %x, {{.*}} pad [1, 0, 0, 1] groups 3 {{.*}} -> tensor<1x4x4x3xf32>
// CHECK:         %[[C:.*]] = nn.conv2d %x, {{.*}} pad [0, 1, 1, 0] groups 3 {{.*}} -> tensor<1x4x4x3xf32>
// CHECK:         %[[D:.*]] = nn.conv2d %x, {{.*}} pad [0, 0, 1, 1] groups 3 {{.*}} -> tensor<1x4x4x3xf32>
// CHECK-NEXT:    %[[J:.*]] = nn.concat %[[A]], %[[B]], %[[C]], %[[D]] axis 3
// CHECK-NEXT:    nn.reshape %[[J]]
// CHECK-NEXT:    nn.transpose
// CHECK-NEXT:    %[[Y:.*]] = nn.reshape {{.*}} -> tensor<1x8x8x3xf32>
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<1x4x4x3xf32>) -> tensor<1x8x8x3xf32> {
  %w = nn.weight "depthwise" : tensor<3x4x4x1xf32>
  %b = nn.weight "bias" : tensor<3xf32>
  %0 = nn.conv_transpose2d %x, %w, %b stride [2, 2] pad [1, 1, 1, 1] groups 3 : (tensor<1x4x4x3xf32>, tensor<3x4x4x1xf32>, tensor<3xf32>) -> tensor<1x8x8x3xf32>
  func.return %0 : tensor<1x8x8x3xf32>
}
