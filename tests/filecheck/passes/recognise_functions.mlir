// RUN: aipu-opt %s -p recognise-functions --check-numerics --split-input-file --print-debuginfo | filecheck %s

// What computes a known function of each element is that function.

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[A:.*]] = nn.silu %{{.*}} loc("gate")
// CHECK-NEXT:    %[[B:.*]] = nn.mish %[[A]]
// CHECK-NEXT:    %[[C:.*]] = nn.square %[[B]]
// CHECK-NEXT:    func.return %[[C]]
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = nn.sigmoid %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = nn.mul %0, %x : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32> loc("gate")
  %2 = nn.softplus %1 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = nn.tanh %2 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %4 = nn.mul %1, %3 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %5 = nn.mul %4, %4 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  func.return %5 : tensor<2x4xf32>
}

// -----

// Products of different tensors, and functions that are not known, stay.

// CHECK-LABEL: @main
// CHECK:         nn.sigmoid
// CHECK-NEXT:    nn.mul
// CHECK-NEXT:    nn.tanh
// CHECK-NEXT:    nn.exp
func.func @main(%x: tensor<2x4xf32>, %y: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = nn.sigmoid %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = nn.mul %0, %y : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = nn.tanh %1 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = nn.exp %2 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  func.return %3 : tensor<2x4xf32>
}
