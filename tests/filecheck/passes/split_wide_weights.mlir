// RUN: aipu-opt %s -p split-wide-weights --random-weights 1 --check-numerics --split-input-file --print-debuginfo | filecheck %s

// Every row twice: in the ifm, in the kernel, in its stride and its pad.

// CHECK-LABEL: @convolution
// CHECK:         %[[W:.*]] = nn.weight "w1/split" scale "w1/scale" : tensor<4x6x3x2xf32>
// CHECK:         nn.conv2d %{{.*}}, %[[W]], %{{.*}} stride [4, 2] pad [2, 1, 2, 1] : (tensor<1x18x9x2xf32>, {{.*}} loc("conv1")
func.func @convolution(%x: tensor<1x9x9x2xf32>) -> tensor<1x5x5x4xf32> {
  %w = nn.weight "w1" scale "w1/scale" : tensor<4x3x3x2xf32>
  %b = nn.weight "b1" : tensor<4xf32>
  %0 = nn.conv2d %x, %w, %b stride [2, 2] pad [1, 1, 1, 1] : (tensor<1x9x9x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32> loc("conv1")
  func.return %0 : tensor<1x5x5x4xf32>
}

// -----

// Rows that a dilation skips become rows of zeros; columns stay as they are.

// CHECK-LABEL: @dilated
// CHECK:         nn.weight "w2/split" scale "w2/scale" : tensor<4x10x3x1xf32>
// CHECK:         nn.conv2d {{.*}} stride [2, 1] dilation [1, 2] groups 4
func.func @dilated(%x: tensor<1x9x9x4xf32>) -> tensor<1x5x5x4xf32> {
  %w = nn.weight "w2" scale "w2/scale" : tensor<4x3x3x1xf32>
  %b = nn.weight "b2" : tensor<4xf32>
  %0 = nn.conv2d %x, %w, %b dilation [2, 2] groups 4 : (tensor<1x9x9x4xf32>, tensor<4x3x3x1xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  func.return %0 : tensor<1x5x5x4xf32>
}

// -----

// CHECK-LABEL: @fully_connected
// CHECK-DAG:     %[[X:.*]] = nn.concat %x, %x axis 1
// CHECK-DAG:     %[[W:.*]] = nn.weight "w3/split" scale "w3/scale" : tensor<3x16xf32>
// CHECK:         nn.fully_connected %[[X]], %[[W]]
func.func @fully_connected(%x: tensor<2x8xf32>) -> tensor<2x3xf32> {
  %w = nn.weight "w3" scale "w3/scale" : tensor<3x8xf32>
  %b = nn.weight "b3" : tensor<3xf32>
  %0 = nn.fully_connected %x, %w, %b : (tensor<2x8xf32>, tensor<3x8xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}

// -----

// Without a scale of the model's own the quantiser chooses one that fits.

// CHECK-LABEL: @no_scale
// CHECK-NOT:     nn.concat
func.func @no_scale(%x: tensor<2x8xf32>) -> tensor<2x3xf32> {
  %w = nn.weight "w4" : tensor<3x8xf32>
  %b = nn.weight "b4" : tensor<3xf32>
  %0 = nn.fully_connected %x, %w, %b : (tensor<2x8xf32>, tensor<3x8xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}
