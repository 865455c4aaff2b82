func.func @main(%x: tensor<1x8xf32> {nn.name = "x"}) -> (tensor<1x8xf32>, tensor<1x8xf32>) {
  %0 = nn.add %x, %x : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = nn.clamp %0 [-1.0, 1.0] : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %2 = nn.clamp %x [-1000.0, 1000.0] : (tensor<1x8xf32>) -> tensor<1x8xf32>
  func.return %1, %2 : tensor<1x8xf32>, tensor<1x8xf32>
}
