// RUN: aipu-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{the scale must be positive, found 0.0}}
func.func @scale(%x: tensor<4x!quant.uniform<i8, 0.0:0>>) {
  func.return
}

// -----

// expected-error@+1 {{the zero point must lie in [-128, 127], found 128}}
func.func @zero_point(%x: tensor<4x!quant.uniform<i8, 1.0:128>>) {
  func.return
}

// -----

// expected-error@+1 {{expected an integer type, found f32}}
func.func @storage(%x: tensor<4x!quant.uniform<f32, 1.0:0>>) {
  func.return
}

// -----

// expected-error@+1 {{quant.unform}}
func.func @name(%x: tensor<4x!quant.unform<i8, 1.0:0>>) {
  func.return
}
