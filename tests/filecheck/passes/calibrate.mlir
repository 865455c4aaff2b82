// RUN: aipu-opt %s --random-weights 0 -p 'calibrate{method=percentile percentile=100.0}' | filecheck %s

// Every input and every result gets a range, and 0 is always in it.
// CHECK: func.func @main(%x: tensor<1x4xf32> {nn.name = "x", nn.range = array<f64: -{{[0-9.]+}}e+00, {{[0-9.]+}}e+00>})
// CHECK-NOT: nn.weight {{.*}}range
// CHECK: nn.exp %x {range = array<f64: 0.000000e+00, {{[0-9.]+}}e+0{{[01]}}>}
// CHECK: nn.clamp {{.*}} [0.5, 0.75] {range = array<f64: 0.000000e+00, 7.500000e-01>}
// CHECK: nn.neg {{.*}} {range = array<f64: -7.500000e-01, 0.000000e+00>}
func.func @main(%x: tensor<1x4xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %0 = nn.exp %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = nn.clamp %0 [0.5, 0.75] : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = nn.neg %1 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %2 : tensor<1x4xf32>
}
