// RUN: aipu-opt %s -p narrow-ranges --split-input-file | filecheck %s

// A sigmoid cannot tell more than 6.23 from infinity, a tanh no more than 3.12.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.abs {{.*}}range = array<f64: 0.000000e+00, 6.234410e+00>, told_apart = array<f64: -6.234410e+00, 6.234410e+00>
// CHECK-NEXT:    nn.neg {{.*}}range = array<f64: -3.116220e+00, 1.000000e+00>
// CHECK:         nn.sigmoid
func.func @main(%x: tensor<4xf32> {nn.range = array<f64: -9.0, 200.0>}) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = nn.abs %x {range = array<f64: 0.0, 200.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.neg %x {range = array<f64: -200.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.sigmoid %0 {range = array<f64: 0.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.tanh %1 {range = array<f64: -1.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %2, %3 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A part of a sum reaches as far as the other part can bring it back.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.abs {{.*}}range = array<f64: 0.000000e+00, 8.234410e+00>
// CHECK-NEXT:    nn.neg {{.*}}range = array<f64: -2.000000e+00, 1.000000e+00>
// CHECK-NEXT:    nn.add {{.*}}range = array<f64: -2.000000e+00, 6.234410e+00>
func.func @main(%x: tensor<4xf32> {nn.range = array<f64: -9.0, 200.0>}) -> tensor<4xf32> {
  %0 = nn.abs %x {range = array<f64: 0.0, 200.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.neg %x {range = array<f64: -2.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.add %0, %1 {range = array<f64: -2.0, 200.0>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.sigmoid %2 {range = array<f64: 0.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %3 : tensor<4xf32>
}

// -----

// What somebody else reads, too, keeps its range.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.abs {{.*}}range = array<f64: 0.000000e+00, 2.000000e+02>
func.func @main(%x: tensor<4xf32> {nn.range = array<f64: -9.0, 200.0>}) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = nn.abs %x {range = array<f64: 0.0, 200.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.sigmoid %0 {range = array<f64: 0.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// What only a softmax reads reaches as far as what it reads, however it was masked.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.neg {{.*}}range = array<f64: -1.500000e+01, 0.000000e+00>
// CHECK-NEXT:    nn.abs {{.*}}range = array<f64: 0.000000e+00, 3.000000e+00>
// CHECK-NEXT:    nn.add {{.*}}range = array<f64: -1.200000e+01, 3.000000e+00>
// CHECK-NEXT:    nn.reshape {{.*}}range = array<f64: -1.200000e+01, 3.000000e+00>
func.func @main(%x: tensor<4xf32> {nn.range = array<f64: -1.0e9, 3.0>}) -> tensor<2x2xf32> {
  %0 = nn.neg %x {range = array<f64: -1.0e9, 0.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.abs %x {range = array<f64: 0.0, 3.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.add %0, %1 {range = array<f64: -1.0e9, 3.0>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.reshape %2 {range = array<f64: -12.0, 3.0>} : (tensor<4xf32>) -> tensor<2x2xf32>
  %4 = nn.softmax %3 axis 1 {range = array<f64: 0.0, 1.0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  func.return %4 : tensor<2x2xf32>
}

// -----

// A composite may be flat at an end of what it is given: here below -1, where it is 0.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.abs {{.*}}range = array<f64: -1.00{{.*}}, 4.000000e+00>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.abs %x {range = array<f64: -12.0, 4.0>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.composite %0 {
  ^bb0(%e: tensor<4xf32>):
    %2 = nn.thresholded_relu %e alpha -1.0 : (tensor<4xf32>) -> tensor<4xf32>
    %3 = nn.neg %2 : (tensor<4xf32>) -> tensor<4xf32>
    nn.yield %3 : tensor<4xf32>
  } {range = array<f64: -4.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}
