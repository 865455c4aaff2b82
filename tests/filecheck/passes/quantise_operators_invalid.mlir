// RUN: aipu-opt %s --split-input-file --verify-diagnostics -p quantise-operators

func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error@below {{nn.tanh is neither on the machine nor on the host}}
  %0 = nn.tanh %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %0 : tensor<1x4xf32>
}

// -----

func.func @main(%x: tensor<1x4xf32> {nn.range = array<f64: -1.0, 1.0>}) -> tensor<1x4xf32> {
  // expected-error@below {{this tensor has no calibrated range}}
  %0 = nn.tanh %x {place = "machine"} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %0 : tensor<1x4xf32>
}

// -----

func.func @main(%x: tensor<1x4xf32> {nn.range = array<f64: -1.0, 1.0>}) -> tensor<1x4xf32> {
  // expected-error@below {{nn.lrn has no quantised form}}
  %0 = nn.lrn %x size 1 alpha 1.0 beta 1.0 bias 1.0 {place = "machine", range = array<f64: -1.0, 1.0>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %0 : tensor<1x4xf32>
}
