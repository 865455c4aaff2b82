// RUN: aipu-opt %s --split-input-file --verify-diagnostics -p calibrate

!x = !quant.uniform<i8, 1.0:0>

// expected-error@unknown {{it is quantised already}}
func.func @main(%x: tensor<4x!x>) -> tensor<4x!x> {
  %0 = nn.add %x, %x rescale [1, 1, 1] >> 1 : (tensor<4x!x>, tensor<4x!x>) -> tensor<4x!x>
  func.return %0 : tensor<4x!x>
}
