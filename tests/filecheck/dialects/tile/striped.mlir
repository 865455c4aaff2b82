// RUN: aipu-opt %s | filecheck %s

// CHECK: tile.group "relu"(%x) schedule rows 4 weights [once, stream 3 of 64] ws ahead joined {
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tile.group "relu"(%x) schedule rows 4 weights [once, stream 3 of 64] ws ahead joined {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    %3 = nn.abs %2 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %3 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// CHECK: %a, %b = tile.group "b" also ["a"](%x) schedule rows 4 weights [held, once] ws {
func.func @two(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %a, %b = tile.group "b" also ["a"](%x) schedule rows 4 weights [held, once] ws {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    %3 = nn.abs %2 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %2, %3 : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  func.return %a, %b : tensor<4xf32>, tensor<4xf32>
}
