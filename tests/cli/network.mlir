// A convolution, a scale per channel, a relu.

func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.weight "w" : tensor<2x1x1x2xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %0 = nn.conv2d %x, %w, %b : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32> loc("conv1")
  %1 = nn.mul %0, %b : (tensor<1x4x4x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32> loc("scale1")
  %2 = nn.clamp %1 relu : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("relu1")
  func.return %2 : tensor<1x4x4x2xf32>
}
