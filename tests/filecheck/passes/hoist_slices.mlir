// RUN: aipu-opt %s -p hoist-slices --check-numerics --split-input-file | filecheck %s

// A slice that takes whole inputs of a concat is made of these.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.neg %b
// CHECK-NEXT:    %[[C:.*]] = nn.concat %b, %c axis 1
// CHECK-NEXT:    nn.abs %[[C]]
func.func @main(%a: tensor<2x4xf32>, %b: tensor<2x3xf32>, %c: tensor<2x1xf32>) -> (tensor<2x3xf32>, tensor<2x4xf32>) {
  %0 = nn.concat %a, %b, %c axis 1 : (tensor<2x4xf32>, tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %1 = nn.slice %0 from [0, 4] sizes [2, 3] strides [1, 1] : (tensor<2x8xf32>) -> tensor<2x3xf32>
  %2 = nn.neg %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = nn.slice %0 from [0, 4] sizes [2, 4] strides [1, 1] : (tensor<2x8xf32>) -> tensor<2x4xf32>
  %4 = nn.abs %3 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  func.return %2, %4 : tensor<2x3xf32>, tensor<2x4xf32>
}

// -----

// As detectors do: boxes and scores of two maps are joined, reshaped, joined and split.

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[A:.*]] = nn.transpose %b by [0, 3, 1, 2]
// CHECK-NEXT:    %[[B:.*]] = nn.reshape %[[A]] : (tensor<1x3x4x2xf32>) -> tensor<1x3x8xf32>
// CHECK-NEXT:    %[[C:.*]] = nn.concat %[[B]], %c axis 2
// CHECK-NEXT:    func.return %[[C]]
func.func @main(%a: tensor<1x4x2x5xf32>, %b: tensor<1x4x2x3xf32>, %c: tensor<1x3x6xf32>, %d: tensor<1x5x6xf32>) -> tensor<1x3x14xf32> {
  %0 = nn.concat %a, %b axis 3 : (tensor<1x4x2x5xf32>, tensor<1x4x2x3xf32>) -> tensor<1x4x2x8xf32>
  %1 = nn.transpose %0 by [0, 3, 1, 2] : (tensor<1x4x2x8xf32>) -> tensor<1x8x4x2xf32>
  %2 = nn.reshape %1 : (tensor<1x8x4x2xf32>) -> tensor<1x8x8xf32>
  %3 = nn.concat %d, %c axis 1 : (tensor<1x5x6xf32>, tensor<1x3x6xf32>) -> tensor<1x8x6xf32>
  %4 = nn.concat %2, %3 axis 2 : (tensor<1x8x8xf32>, tensor<1x8x6xf32>) -> tensor<1x8x14xf32>
  %5 = nn.slice %4 from [0, 5, 0] sizes [1, 3, 14] strides [1, 1, 1] : (tensor<1x8x14xf32>) -> tensor<1x3x14xf32>
  func.return %5 : tensor<1x3x14xf32>
}

// -----

// A slice across inputs, one with steps, and one of what is mixed stay.

// CHECK-LABEL: @main
// CHECK:         nn.slice %[[C:.*]] from [0, 3]
// CHECK-NEXT:    nn.slice %[[C]] from [0, 4]
// CHECK-NEXT:    nn.reshape
// CHECK-NEXT:    nn.slice
func.func @main(%a: tensor<2x4xf32>, %b: tensor<2x4xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x4xf32>) {
  %0 = nn.concat %a, %b axis 1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  %1 = nn.slice %0 from [0, 3] sizes [2, 2] strides [1, 1] : (tensor<2x8xf32>) -> tensor<2x2xf32>
  %2 = nn.slice %0 from [0, 4] sizes [2, 2] strides [1, 2] : (tensor<2x8xf32>) -> tensor<2x2xf32>
  %3 = nn.reshape %0 : (tensor<2x8xf32>) -> tensor<4x4xf32>
  %4 = nn.slice %3 from [1, 0] sizes [2, 4] strides [1, 1] : (tensor<4x4xf32>) -> tensor<2x4xf32>
  func.return %1, %2, %4 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x4xf32>
}
