// RUN: aipu-opt %s -p 'fuse-elementwise{arithmetic=zhouyi}' | filecheck %s

// Arm-China's tool has integers for what each operator makes.
// CHECK-NOT: nn.composite
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}
