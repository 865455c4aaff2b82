// RUN: aipu-opt %s -p transpose-matmul --check-numerics | filecheck %s

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[T:.*]] = nn.transpose %{{.*}} by [0, 2, 1] : (tensor<2x4x5xf32>) -> tensor<2x5x4xf32>
// CHECK-NEXT:    nn.matmul %{{.*}}, %[[T]] transposed
func.func @main(%x: tensor<2x3x4xf32>, %y: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %0 = nn.matmul %x, %y : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  func.return %0 : tensor<2x3x5xf32>
}
