// RUN: aipu-opt %s --split-input-file --verify-diagnostics -p calibrate

!x = !quant.uniform<i8, 1.0:0>

// expected-error@unknown {{it is quantised already}}
func.func @main(%x: tensor<4x!x>) -> tensor<4x!x> {
  func.return %x : tensor<4x!x>
}

// -----

// expected-error@unknown {{it is a scalar, and has no axis for samples}}
func.func @main(%x: tensor<f32>) -> tensor<f32> {
  func.return %x : tensor<f32>
}
