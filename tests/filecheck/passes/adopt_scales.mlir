// RUN: aipu-opt %s --split-input-file -p adopt-scales | filecheck %s

!x = !quant.uniform<i8, 0.05:-3>
!y = !quant.uniform<i8, 0.1:0>

// A pair of quantise and dequantise becomes the type of the tensor between.
// CHECK-LABEL: @pair
// CHECK-NEXT:  %[[T:.*]] = nn.tanh %x {pinned = !quant.uniform<i8, 0.05:-3>}
// CHECK-NEXT:  nn.abs %[[T]]
func.func @pair(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.quantise %0 : (tensor<4xf32>) -> tensor<4x!x>
  %2 = nn.dequantise %1 : (tensor<4x!x>) -> tensor<4xf32>
  %3 = nn.abs %2 : (tensor<4xf32>) -> tensor<4xf32>
  func.return %3 : tensor<4xf32>
}

// -----

!x = !quant.uniform<i8, 0.05:-3>
!y = !quant.uniform<i8, 0.1:0>

// A second pair of other integers is a rescale.
// CHECK-LABEL: @two_scales
// CHECK-NEXT:  %[[T:.*]] = nn.tanh %x {pinned = !quant.uniform<i8, 0.05:-3>}
// CHECK-NEXT:  %[[R:.*]] = nn.clamp %[[T]] none {pinned = !quant.uniform<i8, 0.1:0>}
// CHECK-NEXT:  nn.abs %[[R]]
func.func @two_scales(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.quantise %0 : (tensor<4xf32>) -> tensor<4x!x>
  %2 = nn.dequantise %1 : (tensor<4x!x>) -> tensor<4xf32>
  %3 = nn.quantise %2 : (tensor<4xf32>) -> tensor<4x!y>
  %4 = nn.dequantise %3 : (tensor<4x!y>) -> tensor<4xf32>
  %5 = nn.abs %4 : (tensor<4xf32>) -> tensor<4xf32>
  func.return %5 : tensor<4xf32>
}
