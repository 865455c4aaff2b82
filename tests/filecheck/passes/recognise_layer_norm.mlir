// RUN: aipu-opt %s --random-weights 0 -p recognise-layer-norm --check-numerics --split-input-file --print-debuginfo | filecheck %s

// A tensor less its mean, over the root of its variance; gain and offset come with it.

// CHECK-LABEL: @main
// CHECK:         %[[Y:.*]] = nn.layer_norm %x, %{{.*}}, %{{.*}} epsilon 0.000000e+00 : {{.*}} loc("offset")
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %g = nn.weight "g" : tensor<8xf32>
  %b = nn.weight "b" : tensor<1x1x8xf32>
  %0 = nn.reduce_mean %x axes [2] keep : (tensor<2x3x8xf32>) -> tensor<2x3x1xf32>
  %1 = nn.sub %x, %0 : (tensor<2x3x8xf32>, tensor<2x3x1xf32>) -> tensor<2x3x8xf32>
  %2 = nn.square %1 : (tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %3 = nn.reduce_mean %2 axes [2] : (tensor<2x3x8xf32>) -> tensor<2x3xf32>
  %4 = nn.reshape %3 : (tensor<2x3xf32>) -> tensor<2x3x1xf32>
  %5 = nn.sqrt %4 : (tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  %6 = nn.div %1, %5 : (tensor<2x3x8xf32>, tensor<2x3x1xf32>) -> tensor<2x3x8xf32>
  %7 = nn.mul %g, %6 : (tensor<8xf32>, tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %8 = nn.add %7, %b : (tensor<2x3x8xf32>, tensor<1x1x8xf32>) -> tensor<2x3x8xf32> loc("offset")
  func.return %8 : tensor<2x3x8xf32>
}

// -----

// Other axes than the last are brought there, and back.

// CHECK-LABEL: @main
// CHECK:         %[[T:.*]] = nn.transpose %x by [0, 2, 1]
// CHECK:         %[[N:.*]] = nn.layer_norm %[[T]], %{{.*}}, %{{.*}} epsilon
// CHECK-NEXT:    nn.transpose %[[N]] by [0, 2, 1]
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %g = nn.weight "columns" : tensor<3x1xf32>
  %0 = nn.reduce_mean %x axes [1] keep : (tensor<2x3x8xf32>) -> tensor<2x1x8xf32>
  %1 = nn.sub %x, %0 : (tensor<2x3x8xf32>, tensor<2x1x8xf32>) -> tensor<2x3x8xf32>
  %2 = nn.square %1 : (tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %3 = nn.reduce_mean %2 axes [1] keep : (tensor<2x3x8xf32>) -> tensor<2x1x8xf32>
  %4 = nn.rsqrt %3 : (tensor<2x1x8xf32>) -> tensor<2x1x8xf32>
  %5 = nn.mul %1, %4 : (tensor<2x3x8xf32>, tensor<2x1x8xf32>) -> tensor<2x3x8xf32>
  %6 = nn.mul %5, %g : (tensor<2x3x8xf32>, tensor<3x1xf32>) -> tensor<2x3x8xf32>
  func.return %6 : tensor<2x3x8xf32>
}

// -----

// A variance along other axes than the mean makes none.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.layer_norm
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %0 = nn.reduce_mean %x axes [2] keep : (tensor<2x3x8xf32>) -> tensor<2x3x1xf32>
  %1 = nn.sub %x, %0 : (tensor<2x3x8xf32>, tensor<2x3x1xf32>) -> tensor<2x3x8xf32>
  %2 = nn.square %1 : (tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %3 = nn.reduce_mean %2 axes [1] keep : (tensor<2x3x8xf32>) -> tensor<2x1x8xf32>
  %4 = nn.rsqrt %3 : (tensor<2x1x8xf32>) -> tensor<2x1x8xf32>
  %5 = nn.mul %1, %4 : (tensor<2x3x8xf32>, tensor<2x1x8xf32>) -> tensor<2x3x8xf32>
  func.return %5 : tensor<2x3x8xf32>
}
