// RUN: aipu-opt %s --split-input-file --verify-diagnostics -p lower-to-aipu

!x = tensor<4x!quant.uniform<i8, 1.0:0>>

// expected-error@unknown {{this group has no schedule}}
func.func @without_a_schedule(%x: !x) -> !x {
  %0 = tile.group "add1"(%x) {
  ^bb0(%1: !x):
    %2 = nn.add %1, %1 rescale [1, 1, 1] >> 1 : (!x, !x) -> !x loc("add1")
    tile.yield %2 : !x
  } : (!x) -> !x
  func.return %0 : !x
}
