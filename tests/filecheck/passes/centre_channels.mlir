// RUN: aipu-opt %s --random-weights 0 -p place-operators,centre-channels | filecheck %s

// Without samples nothing is known of where channels lie, and nothing is done.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.sub
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.weight "w" : tensor<3x1x1x2xf32>
  %b = nn.weight "b" : tensor<3xf32>
  %v = nn.weight "v" : tensor<2x1x1x3xf32>
  %c = nn.weight "c" : tensor<2xf32>
  %0 = nn.conv2d %x, %w, %b then relu : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  %1 = nn.conv2d %0, %v, %c : (tensor<1x4x4x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  func.return %1 : tensor<1x4x4x2xf32>
}
