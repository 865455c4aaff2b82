// RUN: aipu-opt %s -p join-pads --check-numerics --split-input-file | filecheck %s

// The sum of tensors side by side is a concat, in the order in which they lie.

// CHECK-LABEL: @main
// CHECK:         %[[C:.*]] = nn.concat %b, %a axis 1
// CHECK-NEXT:    %[[R:.*]] = nn.clamp %[[C]] relu
// CHECK-NEXT:    func.return %[[R]]
func.func @main(%a: tensor<2x4xf32>, %b: tensor<2x3xf32>) -> tensor<2x7xf32> {
  %0 = nn.pad %a low [0, 3] high [0, 0] : (tensor<2x4xf32>) -> tensor<2x7xf32>
  %1 = nn.pad %b low [0, 0] high [0, 4] : (tensor<2x3xf32>) -> tensor<2x7xf32>
  %2 = nn.add %0, %1 then relu : (tensor<2x7xf32>, tensor<2x7xf32>) -> tensor<2x7xf32>
  func.return %2 : tensor<2x7xf32>
}

// -----

// Three of them are joined one after another; zeros between and behind stay.

// CHECK-LABEL: @main
// CHECK:         %[[A:.*]] = nn.concat %a, %b axis 0
// CHECK-NEXT:    %[[P:.*]] = nn.pad %[[A]] low [0, 0] high [1, 0]
// CHECK-NEXT:    %[[B:.*]] = nn.concat %[[P]], %c axis 0
// CHECK-NEXT:    nn.pad %[[B]] low [0, 0] high [2, 0]
func.func @main(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>, %c: tensor<1x3xf32>) -> tensor<7x3xf32> {
  %0 = nn.pad %a low [0, 0] high [5, 0] : (tensor<2x3xf32>) -> tensor<7x3xf32>
  %1 = nn.pad %b low [2, 0] high [4, 0] : (tensor<1x3xf32>) -> tensor<7x3xf32>
  %2 = nn.pad %c low [4, 0] high [2, 0] : (tensor<1x3xf32>) -> tensor<7x3xf32>
  %3 = nn.add %0, %1 : (tensor<7x3xf32>, tensor<7x3xf32>) -> tensor<7x3xf32>
  %4 = nn.add %3, %2 : (tensor<7x3xf32>, tensor<7x3xf32>) -> tensor<7x3xf32>
  func.return %4 : tensor<7x3xf32>
}

// -----

// Tensors that overlap are added.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.concat
func.func @main(%a: tensor<2x4xf32>, %b: tensor<2x4xf32>) -> tensor<2x6xf32> {
  %0 = nn.pad %a low [0, 2] high [0, 0] : (tensor<2x4xf32>) -> tensor<2x6xf32>
  %1 = nn.pad %b low [0, 0] high [0, 2] : (tensor<2x4xf32>) -> tensor<2x6xf32>
  %2 = nn.add %0, %1 : (tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x6xf32>
  func.return %2 : tensor<2x6xf32>
}
