// RUN: aipu-opt %s -p adopt-scales --split-input-file | filecheck %s

// A pair becomes the type of what it is made of.

// CHECK-LABEL: @operator
// CHECK-SAME:    nn.pinned = !quant.uniform<i8, 0.5:1>
// CHECK-NEXT:    %0 = nn.sigmoid %x {pinned = !quant.uniform<i8, 0.25:-3>}
// CHECK-NEXT:    func.return %0
func.func @operator(%x: tensor<4xf32>) -> tensor<4xf32> {
  %q = nn.quantise %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8, 0.5:1>>
  %d = nn.dequantise %q : (tensor<4x!quant.uniform<i8, 0.5:1>>) -> tensor<4xf32>
  %0 = nn.sigmoid %d : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.quantise %0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8, 0.25:-3>>
  %2 = nn.dequantise %1 : (tensor<4x!quant.uniform<i8, 0.25:-3>>) -> tensor<4xf32>
  func.return %2 : tensor<4xf32>
}

// -----

// What only moves elements has the type of what it moves, before a pair and after.

// CHECK-LABEL: @moved
// CHECK-NEXT:    nn.exp %x {pinned = !quant.uniform<i8, 0.5:1>}
// CHECK-NEXT:    nn.reshape {{.*}} {pinned = !quant.uniform<i8, 0.5:1>}
// CHECK-NEXT:    nn.transpose {{.*}} {pinned = !quant.uniform<i8, 0.5:1>}
func.func @moved(%x: tensor<4xf32>) -> tensor<2x2xf32> {
  %0 = nn.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.reshape %0 : (tensor<4xf32>) -> tensor<2x2xf32>
  %2 = nn.quantise %1 : (tensor<2x2xf32>) -> tensor<2x2x!quant.uniform<i8, 0.5:1>>
  %3 = nn.dequantise %2 : (tensor<2x2x!quant.uniform<i8, 0.5:1>>) -> tensor<2x2xf32>
  %4 = nn.transpose %3 by [1, 0] : (tensor<2x2xf32>) -> tensor<2x2xf32>
  func.return %4 : tensor<2x2xf32>
}

// -----

// A tensor of another type is rescaled.

// CHECK-LABEL: @rescaled
// CHECK-NEXT:    %[[A:.*]] = nn.exp %x {pinned = !quant.uniform<i8, 0.5:1>}
// CHECK-NEXT:    %[[B:.*]] = nn.reshape %[[A]] {pinned = !quant.uniform<i8, 0.5:1>}
// CHECK-NEXT:    %[[C:.*]] = nn.clamp %[[B]] none {pinned = !quant.uniform<i8, 0.25:0>}
// CHECK-NEXT:    func.return %[[C]]
func.func @rescaled(%x: tensor<4xf32>) -> tensor<2x2xf32> {
  %0 = nn.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.quantise %0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8, 0.5:1>>
  %2 = nn.dequantise %1 : (tensor<4x!quant.uniform<i8, 0.5:1>>) -> tensor<4xf32>
  %3 = nn.reshape %2 : (tensor<4xf32>) -> tensor<2x2xf32>
  %4 = nn.quantise %3 : (tensor<2x2xf32>) -> tensor<2x2x!quant.uniform<i8, 0.25:0>>
  %5 = nn.dequantise %4 : (tensor<2x2x!quant.uniform<i8, 0.25:0>>) -> tensor<2x2xf32>
  func.return %5 : tensor<2x2xf32>
}

// -----

// Each input of a concat keeps its own type; those without take that of the ofm.

// CHECK-LABEL: @concat
// CHECK-SAME:    nn.pinned = !quant.uniform<i8, 0.5:1>
// CHECK-NEXT:    %[[E:.*]] = nn.exp %y {pinned = !quant.uniform<i8, 0.25:0>}
// CHECK-NEXT:    nn.concat %x, %[[E]] axis 0 {pinned = !quant.uniform<i8, 0.25:0>}
func.func @concat(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<8xf32> {
  %0 = nn.quantise %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8, 0.5:1>>
  %1 = nn.dequantise %0 : (tensor<4x!quant.uniform<i8, 0.5:1>>) -> tensor<4xf32>
  %2 = nn.exp %y : (tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.concat %1, %2 axis 0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %4 = nn.quantise %3 : (tensor<8xf32>) -> tensor<8x!quant.uniform<i8, 0.25:0>>
  %5 = nn.dequantise %4 : (tensor<8x!quant.uniform<i8, 0.25:0>>) -> tensor<8xf32>
  func.return %5 : tensor<8xf32>
}
