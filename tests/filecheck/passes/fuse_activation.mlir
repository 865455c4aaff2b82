// RUN: aipu-opt %s -p fuse-activation --split-input-file --print-debuginfo | filecheck %s

// CHECK-LABEL: @convolution
// CHECK:         %[[C:.*]] = nn.conv2d {{.*}} then relu6 {{.*}} loc("conv1")
// CHECK-NEXT:    func.return %[[C]]
func.func @convolution(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.weight "w" : tensor<2x1x1x2xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %0 = nn.conv2d %x, %w, %b : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32> loc("conv1")
  %1 = nn.clamp %0 relu6 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("relu1")
  func.return %1 : tensor<1x4x4x2xf32>
}

// -----

// Any operator with an activation takes a clamp, and another after it.

// CHECK-LABEL: @add
// CHECK-NEXT:    %[[A:.*]] = nn.add {{.*}} then [0.0, 2.0]
// CHECK-NEXT:    func.return %[[A]]
func.func @add(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.add %x, %x then relu6 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.clamp %0 [-1.0, 2.0] : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}

// -----

// A value that others read keeps its range.

// CHECK-LABEL: @two_readers
// CHECK-NEXT:    nn.add %{{.*}}, %{{.*}} : (tensor<4xf32>
// CHECK-NEXT:    nn.clamp
func.func @two_readers(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = nn.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.clamp %0 relu : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
