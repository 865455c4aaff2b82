// RUN: aipu-opt %s -p 'place-operators{host=whole,bent}' --check-numerics --print-debuginfo | filecheck %s
// RUN: aipu-opt %s -p 'place-operators{host=bent machine=whole}' --print-debuginfo | filecheck %s --check-prefix=SIDES
// RUN: aipu-opt %s -p 'place-operators{machine=bent}' | filecheck %s --check-prefix=MACHINE

// On the host the parts are what they were.

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[A:.*]] = nn.tanh %x {place = "host", reason = "it is pinned to the host"} {{.*}} loc("bent")
// CHECK-NEXT:    %[[B:.*]] = nn.mul %[[A]], %x {{{.*}}place = "host", reason = "it is pinned to the host"{{.*}}} {{.*}} loc("whole")
// CHECK-NEXT:    func.return %[[B]]

// A pin of one to the host is no pin of the others.

// SIDES-LABEL: @main
// SIDES-NEXT:    %[[A:.*]] = nn.tanh %x {place = "host", reason = "it is pinned to the host"} {{.*}} loc("bent")
// SIDES-NEXT:    %[[B:.*]] = nn.mul %[[A]], %x {{{.*}}place = "machine"{{.*}}} {{.*}} loc("whole")
// SIDES-NEXT:    func.return %[[B]]

// The machine runs all of them at once, whichever is pinned to it.

// MACHINE:       nn.composite
// MACHINE:       } {{{.*}}place = "machine"
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.composite %x {
  ^bb0(%e: tensor<4xf32>):
    %1 = nn.tanh %e : (tensor<4xf32>) -> tensor<4xf32> loc("bent")
    %2 = nn.mul %1, %e : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("whole")
    nn.yield %2 : tensor<4xf32>
  } {pinned = !quant.uniform<i8, 0.1:0>} : (tensor<4xf32>) -> tensor<4xf32> loc("whole")
  func.return %0 : tensor<4xf32>
}
