// RUN: aipu-opt %s --split-input-file -p choose-ranges | filecheck %s

// Without a choice nothing is done, and nothing needed.
// CHECK-LABEL: @main
// CHECK-NEXT:    nn.abs {{.*}} {range = array<f64: 0.000000e+00, 2.000000e+00>}
func.func @main(%x: tensor<1x4xf32> {nn.range = array<f64: -2.0, 2.0>}) -> tensor<1x4xf32> {
  %0 = nn.abs %x {range = array<f64: 0.0, 2.0>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %0 : tensor<1x4xf32>
}

// -----

// The second candidates would cut most of the noise off; the first ones stay, but
// hardly any noise reaches further than 3.5 from 0.
// CHECK-LABEL: @main(%x: tensor<1x64xf32> {nn.range = array<f64: -3.500000e+00, 3.500000e+00>})
// CHECK-NEXT:    nn.abs {{.*}} {place = "machine", range = array<f64: 0.000000e+00, 7.000000e+00>}
func.func @main(%x: tensor<1x64xf32> {nn.range = array<f64: -7.0, 7.0>, nn.ranges = [array<f64: -7.0, 7.0>, array<f64: -0.5, 0.5>]}) -> tensor<1x64xf32> {
  %0 = nn.abs %x {place = "machine", range = array<f64: 0.0, 7.0>, ranges = [array<f64: 0.0, 7.0>, array<f64: 0.0, 0.5>]} : (tensor<1x64xf32>) -> tensor<1x64xf32>
  func.return %0 : tensor<1x64xf32>
}
