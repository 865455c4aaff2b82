// RUN: aipu-opt %s | aipu-opt - | filecheck %s

// A scale is printed with the digits that make the same number again.

// CHECK:      func.func @scales(%{{.*}}: tensor<4x!quant.uniform<i8, 0.05:-3>>,
// CHECK-SAME:   %{{.*}}: tensor<4x!quant.uniform<i8, 1.0e-07:127>>,
// CHECK-SAME:   %{{.*}}: tensor<4x!quant.uniform<i8, 0.023529411764705882:-128>>,
// CHECK-SAME:   %{{.*}}: tensor<4x!quant.uniform<i16, 2.0:0>>)
func.func @scales(
  %a: tensor<4x!quant.uniform<i8, 0.05:-3>>,
  %b: tensor<4x!quant.uniform<i8, 1.0e-07:127>>,
  %c: tensor<4x!quant.uniform<i8, 0.023529411764705882:-128>>,
  %d: tensor<4x!quant.uniform<i16, 2.0:0>>
) {
  func.return
}
