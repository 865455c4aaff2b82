// RUN: aipu-opt %s -p 'place-operators{host=bent}' --check-numerics --print-debuginfo | filecheck %s

// A pin of one part is one of all, and on the host they are what they were.

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[A:.*]] = nn.tanh %x {place = "host", reason = "it is pinned to the host"} {{.*}} loc("bent")
// CHECK-NEXT:    %[[B:.*]] = nn.mul %[[A]], %x {place = "host", reason = "it is pinned to the host", pinned = !quant.uniform<i8, 0.1:0>} {{.*}} loc("whole")
// CHECK-NEXT:    func.return %[[B]]
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.composite %x {
  ^bb0(%e: tensor<4xf32>):
    %1 = nn.tanh %e : (tensor<4xf32>) -> tensor<4xf32> loc("bent")
    %2 = nn.mul %1, %e : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("whole")
    nn.yield %2 : tensor<4xf32>
  } {pinned = !quant.uniform<i8, 0.1:0>} : (tensor<4xf32>) -> tensor<4xf32> loc("whole")
  func.return %0 : tensor<4xf32>
}
