// RUN: aipu-opt %s --random-weights 0 -p place-quiet-rows | filecheck %s

// Without samples nothing is known of rows, and nothing is placed.

// CHECK-LABEL: @main
// CHECK-NOT:     place =
func.func @main(%x: tensor<4x3xf32>) -> tensor<4x2xf32> {
  %w = nn.weight "w" : tensor<2x3xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %0 = nn.fully_connected %x, %w, %b : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  %1 = nn.lp_norm %0 axis 1 order 2 least 1.0e-12 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  func.return %1 : tensor<4x2xf32>
}
