// RUN: aipu-opt %s -p name-reals | filecheck %s

// Two operators of one node, and one that is called as an input is.
// CHECK-LABEL: @main
// CHECK: nn.tanh {{.*}}{stands_for = "cell"}
// CHECK: nn.tanh {{.*}}{stands_for = "cell/tanh"}
// CHECK: nn.reshape {{.*}}{stands_for = "x/reshape"}
func.func @main(%0: tensor<2x2xf32> {nn.name = "x"}) -> tensor<4xf32> {
  %1 = nn.tanh %0 : (tensor<2x2xf32>) -> tensor<2x2xf32> loc("cell")
  %2 = nn.tanh %1 : (tensor<2x2xf32>) -> tensor<2x2xf32> loc("cell")
  %3 = nn.reshape %2 : (tensor<2x2xf32>) -> tensor<4xf32> loc("x")
  func.return %3 : tensor<4xf32>
}
