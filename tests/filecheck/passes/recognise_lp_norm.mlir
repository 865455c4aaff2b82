// RUN: aipu-opt %s -p recognise-lp-norm --check-numerics --split-input-file | filecheck %s

// A tensor over its length, which may have a least value.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.lp_norm %x axis 1 order 2 least 1.000000e-12
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %0 = nn.square %x : (tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %1 = nn.reduce_sum %0 axes [1] keep : (tensor<2x3x8xf32>) -> tensor<2x1x8xf32>
  %2 = nn.sqrt %1 : (tensor<2x1x8xf32>) -> tensor<2x1x8xf32>
  %3 = nn.clamp %2 [1.0e-12, inf] : (tensor<2x1x8xf32>) -> tensor<2x1x8xf32>
  %4 = nn.div %x, %3 : (tensor<2x3x8xf32>, tensor<2x1x8xf32>) -> tensor<2x3x8xf32>
  func.return %4 : tensor<2x3x8xf32>
}

// -----

// The least value of the square is that of the length.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.lp_norm %x axis 2 order 2 least 1.000000e-06
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %0 = nn.square %x : (tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %1 = nn.reduce_sum %0 axes [2] keep : (tensor<2x3x8xf32>) -> tensor<2x3x1xf32>
  %2 = nn.clamp %1 [1.0e-12, inf] : (tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  %3 = nn.rsqrt %2 : (tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  %4 = nn.mul %x, %3 : (tensor<2x3x8xf32>, tensor<2x3x1xf32>) -> tensor<2x3x8xf32>
  func.return %4 : tensor<2x3x8xf32>
}

// -----

// The sum of magnitudes is a length, too.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.lp_norm %x axis 2 order 1 least 1.000000e-30
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %0 = nn.abs %x : (tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %1 = nn.reduce_sum %0 axes [2] keep : (tensor<2x3x8xf32>) -> tensor<2x3x1xf32>
  %2 = nn.div %x, %1 : (tensor<2x3x8xf32>, tensor<2x3x1xf32>) -> tensor<2x3x8xf32>
  func.return %2 : tensor<2x3x8xf32>
}
