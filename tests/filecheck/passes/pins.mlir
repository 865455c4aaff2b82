// RUN: aipu-opt %s --random-weights 0 -p 'place-operators{host=con*,type:tanh machine="/^sc/"}' | filecheck %s
// RUN: aipu-opt %s --random-weights 0 -p 'place-operators{host=con*,type:tanh machine="/^sc/"},place-operators' | filecheck %s

// Patterns put operators where they would not be; so does what stands in the text, a pin
// or the place itself, and a place that was chosen once is kept.
// CHECK: nn.conv2d {{.*}} {place = "host", reason = "it is pinned to the host"}
// CHECK: nn.sigmoid {{.*}} {pin = "machine", place = "machine"}
// CHECK: nn.max_pool2d {{.*}} {pin = "host", place = "host", reason = "it is pinned to the host"}
// CHECK: nn.abs {{.*}} {place = "machine"}
// CHECK: nn.neg {{.*}} {place = "host", reason = "I say so"}
// CHECK: nn.tanh {{.*}} {place = "host", reason = "it is pinned to the host"}
// CHECK: nn.add {{.*}} {place = "machine"}
// CHECK: nn.softmax {{.*}} {place = "machine"}
func.func @main(%0: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %1 = nn.weight "w" : tensor<2x1x1x2xf32>
  %2 = nn.weight "b" : tensor<2xf32>
  %3 = nn.conv2d %0, %1, %2 : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32> loc("conv")
  %4 = nn.sigmoid %3 {pin = "machine"} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("a")
  %5 = nn.max_pool2d %4 kernel [1, 1] {pin = "host"} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("b")
  %6 = nn.abs %5 {place = "machine"} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("c")
  %7 = nn.neg %6 {place = "host", reason = "I say so"} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("d")
  %8 = nn.tanh %7 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("e")
  %9 = nn.add %3, %6 : (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("f")
  %10 = nn.add %9, %8 : (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("g")
  %11 = nn.softmax %10 axis 3 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> loc("scores")
  func.return %11 : tensor<1x4x4x2xf32>
}
