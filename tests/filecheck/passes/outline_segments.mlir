// RUN: aipu-opt %s --print-debuginfo -p outline-segments | filecheck %s

// The machine's work is cut where the host needs a result before the next can start;
// weights go with their readers, and a tensor may pass over a segment.
// CHECK:      func.func @main(%x: tensor<1x4xf32> {nn.name = "x"}
// CHECK-NEXT:   %[[A:.*]] = func.call @segment_0(%x) : {{.*}} loc("a")
// CHECK-NEXT:   %[[B:.*]], %[[C:.*]] = func.call @segment_1(%[[A]]) : {{.*}} loc(fused["b", "c"])
// CHECK-NEXT:   %[[D:.*]] = func.call @segment_2(%[[B]]) : {{.*}} loc(fused["b", "d", "e"])
// CHECK-NEXT:   %[[F:.*]] = func.call @segment_3(%[[D]], %[[C]]) : {{.*}} loc("f")
// CHECK-NEXT:   %[[G:.*]] = func.call @segment_4(%[[F]]) : {{.*}} loc("f")
// CHECK-NEXT:   func.return %[[G]]
// CHECK:      func.func @segment_0
// CHECK-SAME:   attributes {place = "host", reasons = ["it takes reals to integers"]}
// CHECK:      func.func @segment_1
// CHECK-SAME:   attributes {place = "machine", reasons = []}
// CHECK-NEXT:   nn.weight "table"
// CHECK-NEXT:   nn.lookup
// CHECK-NEXT:   nn.lookup
// CHECK-NEXT:   func.return
// CHECK:      func.func @segment_2
// CHECK-SAME:   attributes {place = "host", reasons = ["it takes integers to reals", "the machine has no nn.softmax", "it takes reals to integers"]}
// CHECK:      func.func @segment_3
// CHECK-SAME:   attributes {place = "machine", reasons = []}
// CHECK:      func.func @segment_4
// CHECK-NOT:  func.func @segment_5
func.func @main(%x: tensor<1x4xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %table = nn.weight "table" : tensor<256xi8>
  %a = nn.quantise %x {place = "host", reason = "it takes reals to integers"} : (tensor<1x4xf32>) -> tensor<1x4x!quant.uniform<i8, 1.0:0>> loc("a")
  %b = nn.lookup %a, %table {place = "machine"} : (tensor<1x4x!quant.uniform<i8, 1.0:0>>, tensor<256xi8>) -> tensor<1x4x!quant.uniform<i8, 1.0:0>> loc("b")
  %b1 = nn.dequantise %b {place = "host", reason = "it takes integers to reals"} : (tensor<1x4x!quant.uniform<i8, 1.0:0>>) -> tensor<1x4xf32> loc("b")
  %d = nn.softmax %b1 axis 1 {place = "host", reason = "the machine has no nn.softmax"} : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("d")
  %c = nn.lookup %a, %table {place = "machine"} : (tensor<1x4x!quant.uniform<i8, 1.0:0>>, tensor<256xi8>) -> tensor<1x4x!quant.uniform<i8, 1.0:0>> loc("c")
  %e = nn.quantise %d {place = "host", reason = "it takes reals to integers"} : (tensor<1x4xf32>) -> tensor<1x4x!quant.uniform<i8, 1.0:0>> loc("e")
  %f = nn.add %e, %c rescale [1, 1, 1] >> 0 {place = "machine"} : (tensor<1x4x!quant.uniform<i8, 1.0:0>>, tensor<1x4x!quant.uniform<i8, 1.0:0>>) -> tensor<1x4x!quant.uniform<i8, 1.0:0>> loc("f")
  %g = nn.dequantise %f {place = "host", reason = "it takes integers to reals"} : (tensor<1x4x!quant.uniform<i8, 1.0:0>>) -> tensor<1x4xf32> loc("f")
  func.return %g : tensor<1x4xf32>
}
