// RUN: aipu-opt %s --split-input-file --verify-diagnostics -p assign-schedules

!x = tensor<1000x1000x!quant.uniform<i8, 1.0:0>>

// expected-error@unknown {{not even its smallest tile fits the 262,144 bytes of SRAM}}
func.func @too_large(%x: !x) -> !x {
  %0 = tile.group "transpose1"(%x) {
  ^bb0(%1: !x):
    %2 = nn.transpose %1 by [1, 0] : (!x) -> !x loc("transpose1")
    tile.yield %2 : !x
  } : (!x) -> !x
  func.return %0 : !x
}
