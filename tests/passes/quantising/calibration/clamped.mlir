func.func @main(%x: tensor<1x8xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %0 = nn.clamp %x [-3.0, 3.0] : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %w = nn.weight "w" : tensor<4x8xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %1 = nn.fully_connected %0, %w, %b : (tensor<1x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  func.return %1 : tensor<1x4xf32>
}
