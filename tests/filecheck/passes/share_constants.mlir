// RUN: aipu-opt %s -p quantise-operators,share-constants | filecheck %s

// Both functions take integers of one scale to integers of one scale: one table, which
// is that of the first. A third one reaches further, and has another table.

// CHECK:      %[[FIRST:.*]] = nn.weight "first/table"
// CHECK-NEXT: nn.lookup %{{.*}}, %[[FIRST]]
// CHECK-NEXT: %[[SECOND:.*]] = nn.weight "first/table"
// CHECK-NEXT: nn.lookup %{{.*}}, %[[SECOND]]
// CHECK-NEXT: %[[THIRD:.*]] = nn.weight "third/table"
// CHECK-NEXT: nn.lookup %{{.*}}, %[[THIRD]]
func.func @main(%x: tensor<1x4xf32> {nn.range = array<f64: 0.0, 1.0>}) -> tensor<1x4xf32> {
  %0 = nn.sigmoid %x {place = "machine", range = array<f64: 0.0, 1.0>} : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("first")
  %1 = nn.sigmoid %0 {place = "machine", range = array<f64: 0.0, 1.0>} : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("second")
  %2 = nn.sigmoid %1 {place = "machine", range = array<f64: 0.0, 2.0>} : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("third")
  func.return %2 : tensor<1x4xf32>
}
