// RUN: aipu-opt %s --split-input-file -p assign-schedules{target=gemmini-16x16} | filecheck %s

!x = !quant.uniform<i8, 0.05:-3>

// What fits the chip runs in one tile, in the first dataflow that the array has.
// CHECK: tile.group "tanh1"(%x) schedule order [image, row, column, group, channel] tile [32, 1, 1, 1] {{ws|os|is}} slots 2 {
func.func @main(%x: tensor<2x4x4x!x>) -> tensor<2x4x4x!x> {
  %0 = tile.group "tanh1"(%x) {
  ^bb0(%1: tensor<2x4x4x!x>):
    %t = nn.weight "t" : tensor<256xi8>
    %2 = nn.lookup %1, %t : (tensor<2x4x4x!x>, tensor<256xi8>) -> tensor<2x4x4x!x>
    tile.yield %2 : tensor<2x4x4x!x>
  } : (tensor<2x4x4x!x>) -> tensor<2x4x4x!x>
  func.return %0 : tensor<2x4x4x!x>
}
