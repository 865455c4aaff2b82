// RUN: aipu-opt %s --print-debuginfo -p name-operators | filecheck %s

// What computes keeps the name of its node, wherever it stands; a transpose, and a second
// operator of the node, get a longer one.
// CHECK-LABEL: @main
// CHECK: nn.transpose {{.*}} loc("conv1/transpose")
// CHECK: nn.conv2d {{.*}} loc("conv1")
// CHECK: nn.clamp {{.*}} loc("conv1/clamp")
// CHECK: nn.clamp {{.*}} loc("conv1/clamp.2")
// CHECK: nn.tanh {{.*}} loc("tanh1")
func.func @main(%x: tensor<1x3x4x4xf32>, %w: tensor<2x1x1x3xf32>, %b: tensor<2xf32>) -> tensor<1x4x4x2xf32> {
  %0 = nn.transpose %x by [0, 2, 3, 1] : (tensor<1x3x4x4xf32>) -> tensor<1x4x4x3xf32> loc("conv1")
  %1 = nn.conv2d %0, %w, %b : (tensor<1x4x4x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32> loc("conv1")
  %2 = nn.clamp %1 relu : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("conv1")
  %3 = nn.clamp %2 relu6 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("conv1")
  %4 = nn.tanh %3 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("tanh1")
  func.return %4 : tensor<1x4x4x2xf32>
}

// Names are told apart over the functions of a module.
// CHECK-LABEL: @other
// CHECK: nn.tanh {{.*}} loc("tanh1/tanh")
func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.tanh %x : (tensor<4xf32>) -> tensor<4xf32> loc("tanh1")
  func.return %0 : tensor<4xf32>
}
