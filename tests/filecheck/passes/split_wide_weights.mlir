// RUN: aipu-opt %s -p split-wide-weights --check-numerics | filecheck %s

// The weights lie beside: "wide" is [[254, -3], [7, 1]] times "scale", which is 0.5, and
// "narrow" [[127, -3], [7, 1]]. Only what needs more than int8 is said twice.
// CHECK-LABEL: @main
// CHECK:      %[[TWICE:.*]] = nn.concat %x, %x axis 1
// CHECK-NEXT: %[[W:.*]] = nn.weight "wide/split" scale "scale" : tensor<2x4xf32>
// CHECK-NEXT: %[[Y:.*]] = nn.fully_connected %[[TWICE]], %[[W]]
// CHECK-NEXT: nn.fully_connected %[[Y]], %narrow
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %bias = nn.weight "bias" : tensor<2xf32>
  %narrow = nn.weight "narrow" scale "scale" : tensor<2x2xf32>
  %wide = nn.weight "wide" scale "scale" : tensor<2x2xf32>
  %0 = nn.fully_connected %x, %wide, %bias : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = nn.fully_connected %0, %narrow, %bias : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  func.return %1 : tensor<1x2xf32>
}
