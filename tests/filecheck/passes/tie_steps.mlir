// RUN: aipu-opt %s --random-weights 0 --split-input-file -p tie-steps | filecheck %s

// Two steps of a recurrent layer: what they make has one range, and so has each of the
// ranges to choose from. The second product depends on the first, so these are steps.

// CHECK-LABEL: @main
// CHECK:       nn.fully_connected {{.*}} {range = array<f64: -3.000000e+00, 4.000000e+00>, ranges = [array<f64: -3.000000e+00, 4.000000e+00>, array<f64: -1.000000e+00, 2.000000e+00>]}
// CHECK-NEXT:  nn.tanh {{.*}} {range = array<f64: -7.000000e-01, 8.000000e-01>}
// CHECK:       nn.fully_connected {{.*}} {range = array<f64: -3.000000e+00, 4.000000e+00>, ranges = [array<f64: -3.000000e+00, 4.000000e+00>, array<f64: -1.000000e+00, 2.000000e+00>]}
// CHECK-NEXT:  nn.tanh {{.*}} {range = array<f64: -7.000000e-01, 8.000000e-01>}
func.func @main(%x: tensor<1x4xf32> {nn.range = array<f64: -9.0, 9.0>}) -> tensor<1x4xf32> {
  %w = nn.weight "w" : tensor<4x4xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.fully_connected %x, %w, %b {range = array<f64: -3.0, 2.0>, ranges = [array<f64: -3.0, 2.0>, array<f64: -1.0, 1.0>]} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %1 = nn.tanh %0 {range = array<f64: -0.7, 0.6>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = nn.fully_connected %1, %w, %b {range = array<f64: -2.0, 4.0>, ranges = [array<f64: -2.0, 4.0>, array<f64: -0.5, 2.0>]} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %3 = nn.tanh %2 {range = array<f64: -0.5, 0.8>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %3 : tensor<1x4xf32>
}

// -----

// Two branches that take the same weights, and neither what the other made, are no
// steps: each keeps its range.

// CHECK-LABEL: @main
// CHECK:       nn.fully_connected %x, {{.*}} {range = array<f64: -3.000000e+00, 2.000000e+00>}
// CHECK:       nn.fully_connected %y, {{.*}} {range = array<f64: -2.000000e+00, 4.000000e+00>}
func.func @main(%x: tensor<1x4xf32>, %y: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %w = nn.weight "w" : tensor<4x4xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.fully_connected %x, %w, %b {range = array<f64: -3.0, 2.0>} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %1 = nn.fully_connected %y, %w, %b {range = array<f64: -2.0, 4.0>} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %2 = nn.add %0, %1 {range = array<f64: -5.0, 5.0>} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %2 : tensor<1x4xf32>
}

// -----

// Steps of a sequence take their parts of one input; what differs between steps ends
// the comparison: the functions keep their ranges.

// CHECK-LABEL: @main
// CHECK:       nn.add {{.*}} {range = array<f64: -3.000000e+00, 4.000000e+00>}
// CHECK-NEXT:  nn.tanh {{.*}} {range = array<f64: -7.000000e-01, 6.000000e-01>}
// CHECK:       nn.add {{.*}} {range = array<f64: -3.000000e+00, 4.000000e+00>}
// CHECK-NEXT:  nn.sigmoid {{.*}} {range = array<f64: 0.000000e+00, 8.000000e-01>}
func.func @main(%x: tensor<1x12xf32>) -> tensor<1x4xf32> {
  %w = nn.weight "w" : tensor<4x4xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %s0 = nn.slice %x from [0, 0] sizes [1, 4] strides [1, 1] : (tensor<1x12xf32>) -> tensor<1x4xf32>
  %s1 = nn.slice %x from [0, 4] sizes [1, 4] strides [1, 1] : (tensor<1x12xf32>) -> tensor<1x4xf32>
  %s2 = nn.slice %x from [0, 8] sizes [1, 4] strides [1, 1] : (tensor<1x12xf32>) -> tensor<1x4xf32>
  %p0 = nn.fully_connected %s0, %w, %b {range = array<f64: -3.0, 2.0>} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %a0 = nn.add %p0, %s1 {range = array<f64: -3.0, 2.0>} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %h0 = nn.tanh %a0 {range = array<f64: -0.7, 0.6>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %p1 = nn.fully_connected %h0, %w, %b {range = array<f64: -2.0, 4.0>} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %a1 = nn.add %p1, %s2 {range = array<f64: -2.0, 4.0>} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %h1 = nn.sigmoid %a1 {range = array<f64: 0.0, 0.8>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %h1 : tensor<1x4xf32>
}

// -----

// What fades has no range in common with what it was: from the second step on it is
// about as small, and has one range.

// CHECK-LABEL: @main
// CHECK:       nn.fully_connected {{.*}} {range = array<f64: -8.000000e+00, 8.000000e+00>}
// CHECK:       nn.fully_connected {{.*}} {range = array<f64: -1.500000e+00, 1.500000e+00>}
// CHECK:       nn.fully_connected {{.*}} {range = array<f64: -1.500000e+00, 1.500000e+00>}
func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %w = nn.weight "w" : tensor<4x4xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.fully_connected %x, %w, %b {range = array<f64: -8.0, 8.0>} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %1 = nn.fully_connected %0, %w, %b {range = array<f64: -1.5, 1.2>} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %2 = nn.fully_connected %1, %w, %b {range = array<f64: -1.0, 1.5>} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  func.return %2 : tensor<1x4xf32>
}
