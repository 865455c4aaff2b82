// RUN: aipu-opt %s --split-input-file --verify-diagnostics -p assign-schedules

!x = tensor<2x200000x!quant.uniform<i8, 1.0:0>>

// expected-error@unknown {{not even its smallest tile fits r329: 400,512 bytes of SRAM, r329 has 262,144}}
func.func @too_large(%x: !x) -> !x {
  %0 = tile.group "softmax1"(%x) {
  ^bb0(%1: !x):
    %2 = nn.weight "table" : tensor<256xi16>
    %3 = nn.softmax %1, %2 axis 1 : (!x, tensor<256xi16>) -> !x loc("softmax1")
    tile.yield %3 : !x
  } : (!x) -> !x
  func.return %0 : !x
}
