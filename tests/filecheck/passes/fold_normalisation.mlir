// RUN: aipu-opt %s -p fold-normalisation --random-weights 0 --check-numerics --split-input-file --print-debuginfo | filecheck %s

// A convolution that does not pad takes in all that normalises its input.

// CHECK-LABEL: @image
// CHECK-DAG:     %[[W:.*]] = nn.weight "w/normalised" : tensor<4x3x3x2xf32>
// CHECK-DAG:     %[[B:.*]] = nn.weight "b/normalised" : tensor<4xf32>
// CHECK-NOT:     nn.mul
// CHECK:         %[[C:.*]] = nn.conv2d %x, %[[W]], %[[B]] {{.*}} loc("conv1")
// CHECK-NEXT:    func.return %[[C]]
func.func @image(%x: tensor<1x5x5x2xf32>) -> tensor<1x3x3x4xf32> {
  %w = nn.weight "w" : tensor<4x3x3x2xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %s = nn.weight "s" : tensor<2xf32>
  %m = nn.weight "m" : tensor<1x1x1x2xf32>
  %0 = nn.sub %x, %m : (tensor<1x5x5x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x5x5x2xf32>
  %1 = nn.mul %0, %s : (tensor<1x5x5x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  %2 = nn.conv2d %1, %w, %b : (tensor<1x5x5x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x3x3x4xf32> loc("conv1")
  func.return %2 : tensor<1x3x3x4xf32>
}

// -----

// One that pads does so behind the offset, which stays.

// CHECK-LABEL: @padding
// CHECK:         %[[S:.*]] = nn.weight "s/shift" : tensor<2xf32>
// CHECK:         %[[A:.*]] = nn.add %x, %[[S]]
// CHECK:         nn.conv2d %[[A]]{{.*}} pad [1, 1, 1, 1]
func.func @padding(%x: tensor<1x5x5x2xf32>) -> tensor<1x5x5x4xf32> {
  %w = nn.weight "w" : tensor<4x3x3x2xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %s = nn.weight "s" : tensor<2xf32>
  %m = nn.weight "m2" : tensor<2xf32>
  %0 = nn.mul %x, %s : (tensor<1x5x5x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  %1 = nn.add %0, %m : (tensor<1x5x5x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  %2 = nn.conv2d %1, %w, %b pad [1, 1, 1, 1] : (tensor<1x5x5x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  func.return %2 : tensor<1x5x5x4xf32>
}

// -----

// A scale alone goes in whatever the padding, behind a transpose and into groups, too.

// CHECK-LABEL: @groups
// CHECK-NOT:     nn.mul
// CHECK:         nn.conv2d {{.*}} pad [1, 1, 1, 1] groups 2
func.func @groups(%x: tensor<1x2x5x5xf32>) -> tensor<1x5x5x4xf32> {
  %w = nn.weight "w3" : tensor<4x3x3x1xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %s = nn.weight "s" : tensor<2xf32>
  %0 = nn.transpose %x by [0, 2, 3, 1] : (tensor<1x2x5x5xf32>) -> tensor<1x5x5x2xf32>
  %1 = nn.mul %0, %s : (tensor<1x5x5x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  %2 = nn.conv2d %1, %w, %b pad [1, 1, 1, 1] groups 2 : (tensor<1x5x5x2xf32>, tensor<4x3x3x1xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  func.return %2 : tensor<1x5x5x4xf32>
}

// -----

// What others read, too, stays; and so does what is not made of an input.

// CHECK-LABEL: @others
// CHECK:         nn.mul
// CHECK:         nn.conv2d
// CHECK:         nn.mul
// CHECK:         nn.conv2d
func.func @others(%x: tensor<1x5x5x2xf32>) -> (tensor<1x5x5x2xf32>, tensor<1x5x5x2xf32>) {
  %w = nn.weight "w4" : tensor<2x1x1x2xf32>
  %b = nn.weight "b4" : tensor<2xf32>
  %0 = nn.mul %x, %b : (tensor<1x5x5x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  %1 = nn.conv2d %0, %w, %b then relu : (tensor<1x5x5x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  %2 = nn.mul %1, %b : (tensor<1x5x5x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  %3 = nn.conv2d %2, %w, %b : (tensor<1x5x5x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x5x5x2xf32>
  func.return %0, %3 : tensor<1x5x5x2xf32>, tensor<1x5x5x2xf32>
}
