// RUN: aipu-opt %s -p convolve-scales --random-weights 0 --check-numerics --split-input-file | filecheck %s

// CHECK-LABEL: @per_channel
// CHECK:         nn.conv2d %{{.*}} groups 3 then relu
// CHECK-NOT:     nn.mul
func.func @per_channel(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %scale = nn.weight "scale" : tensor<3xf32>
  %0 = nn.mul %x, %scale then relu : (tensor<1x2x2x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  func.return %0 : tensor<1x2x2x3xf32>
}

// -----

// One number for all channels is a function of one element, and stays.

// CHECK-LABEL: @one_for_all
// CHECK:         nn.mul
func.func @one_for_all(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %scale = nn.weight "one" : tensor<1xf32>
  %0 = nn.mul %x, %scale : (tensor<1x2x2x3xf32>, tensor<1xf32>) -> tensor<1x2x2x3xf32>
  func.return %0 : tensor<1x2x2x3xf32>
}

// -----

// Steps of a loop that share a constant share its weight.

// CHECK-LABEL: @shared
// CHECK:         %[[A:.*]] = nn.weight "scale/scale"
// CHECK:         nn.conv2d %{{.*}}, %[[A]],
// CHECK:         %[[B:.*]] = nn.weight "scale/scale" :
// CHECK:         nn.conv2d %{{.*}}, %[[B]],
func.func @shared(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %scale = nn.weight "scale" : tensor<3xf32>
  %0 = nn.mul %x, %scale : (tensor<1x3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  %1 = nn.mul %0, %scale : (tensor<1x3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  func.return %1 : tensor<1x3xf32>
}
