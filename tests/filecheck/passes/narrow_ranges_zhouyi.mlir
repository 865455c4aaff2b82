// RUN: aipu-opt %s -p 'narrow-ranges{arithmetic=zhouyi}' | filecheck %s

// Arm-China's tool keeps what calibration says.
// CHECK: nn.abs {{.*}}range = array<f64: 0.000000e+00, 2.000000e+02>
func.func @main(%x: tensor<4xf32> {nn.range = array<f64: -9.0, 200.0>}) -> tensor<4xf32> {
  %0 = nn.abs %x {range = array<f64: 0.0, 200.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.sigmoid %0 {range = array<f64: 0.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}
