// RUN: aipu-opt %s --random-weights 0 -p 'place-operators,scale-features' | filecheck %s

// Without samples nothing is known of the features, and nothing is done.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.mul
func.func @main(%x: tensor<1x3xf32> {nn.name = "x"}) -> tensor<1x2xf32> {
  %w = nn.weight "w" : tensor<2x3xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %0 = nn.fully_connected %x, %w, %b : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  func.return %0 : tensor<1x2xf32>
}
