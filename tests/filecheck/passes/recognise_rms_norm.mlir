// RUN: aipu-opt %s --random-weights 0 -p recognise-rms-norm --check-numerics --split-input-file | filecheck %s

// A tensor over the root of the mean of its squares and a little more.

// CHECK-LABEL: @main
// CHECK:         %[[Y:.*]] = nn.rms_norm %x, %{{.*}} epsilon
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %e = nn.weight "epsilon" : tensor<f32>
  %g = nn.weight "g" : tensor<8xf32>
  %0 = nn.square %x : (tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %1 = nn.reduce_mean %0 axes [2] keep : (tensor<2x3x8xf32>) -> tensor<2x3x1xf32>
  %2 = nn.add %1, %e : (tensor<2x3x1xf32>, tensor<f32>) -> tensor<2x3x1xf32>
  %3 = nn.rsqrt %2 : (tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  %4 = nn.mul %x, %3 : (tensor<2x3x8xf32>, tensor<2x3x1xf32>) -> tensor<2x3x8xf32>
  %5 = nn.mul %4, %g : (tensor<2x3x8xf32>, tensor<8xf32>) -> tensor<2x3x8xf32>
  func.return %5 : tensor<2x3x8xf32>
}
