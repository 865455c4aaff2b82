// RUN: aipu-opt %s -p judge-scales | filecheck %s

// Nothing is changed; what is warned of, tests/models/test_unlike_scales.py says.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.abs
// CHECK-NEXT:    nn.sigmoid
// CHECK-NEXT:    nn.concat
// CHECK-NEXT:    nn.neg
func.func @main(%x: tensor<4xf32> {nn.range = array<f64: -9.0, 9.0>}) -> tensor<8xf32> {
  %0 = nn.abs %x {place = "machine", range = array<f64: 0.0, 9.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.sigmoid %x {place = "machine", range = array<f64: 0.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.concat %0, %1 axis 0 {place = "machine", range = array<f64: 0.0, 9.0>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %3 = nn.neg %2 {place = "machine", range = array<f64: -9.0, 0.0>} : (tensor<8xf32>) -> tensor<8xf32>
  func.return %3 : tensor<8xf32>
}
