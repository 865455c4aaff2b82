func.func @main(%x: tensor<2x4xf32> {nn.name = "x"}) -> tensor<2x3xf32> {
  %0 = nn.exp %x : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("exponential")
  %w = nn.weight "w" : tensor<3x4xf32>
  %b = nn.weight "b" : tensor<3xf32>
  %1 = nn.fully_connected %0, %w, %b : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  func.return %1 : tensor<2x3xf32>
}
