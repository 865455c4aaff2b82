// RUN: aipu-opt %s -p slice-inputs --check-numerics --split-input-file | filecheck %s

// The steps of a sequence are parts of one vector, taken where they are read.

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[ALL:.*]] = nn.reshape %x : (tensor<1x4x10xf32>) -> tensor<1x40xf32>
// CHECK-NEXT:    %[[A:.*]] = nn.slice %[[ALL]] from [0, 0] sizes [1, 10]
// CHECK-NEXT:    nn.abs %[[A]]
// CHECK-NEXT:    %[[ALL:.*]] = nn.reshape %x : (tensor<1x4x10xf32>) -> tensor<1x40xf32>
// CHECK-NEXT:    %[[B:.*]] = nn.slice %[[ALL]] from [0, 20] sizes [1, 20]
// CHECK-NEXT:    nn.abs %[[B]]
func.func @main(%x: tensor<1x4x10xf32>) -> (tensor<1x10xf32>, tensor<1x20xf32>) {
  %0 = nn.reshape %x : (tensor<1x4x10xf32>) -> tensor<4x1x10xf32>
  %1 = nn.slice %0 from [0, 0, 0] sizes [1, 1, 10] strides [1, 1, 1] : (tensor<4x1x10xf32>) -> tensor<1x1x10xf32>
  %2 = nn.reshape %1 : (tensor<1x1x10xf32>) -> tensor<1x10xf32>
  %3 = nn.abs %2 : (tensor<1x10xf32>) -> tensor<1x10xf32>
  %4 = nn.slice %0 from [2, 0, 0] sizes [2, 1, 10] strides [1, 1, 1] : (tensor<4x1x10xf32>) -> tensor<2x1x10xf32>
  %5 = nn.reshape %4 : (tensor<2x1x10xf32>) -> tensor<1x20xf32>
  %6 = nn.abs %5 : (tensor<1x20xf32>) -> tensor<1x20xf32>
  func.return %3, %6 : tensor<1x10xf32>, tensor<1x20xf32>
}

// -----

// Of several sequences, too.

// CHECK-LABEL: @main
// CHECK-NEXT:    %[[ALL:.*]] = nn.reshape %x : (tensor<3x4x10xf32>) -> tensor<3x40xf32>
// CHECK-NEXT:    %[[A:.*]] = nn.slice %[[ALL]] from [0, 10] sizes [3, 10]
// CHECK-NEXT:    nn.abs %[[A]]
func.func @main(%x: tensor<3x4x10xf32>) -> tensor<3x10xf32> {
  %0 = nn.slice %x from [0, 1, 0] sizes [3, 1, 10] strides [1, 1, 1] : (tensor<3x4x10xf32>) -> tensor<3x1x10xf32>
  %1 = nn.reshape %0 : (tensor<3x1x10xf32>) -> tensor<3x10xf32>
  %2 = nn.abs %1 : (tensor<3x10xf32>) -> tensor<3x10xf32>
  func.return %2 : tensor<3x10xf32>
}

// -----

// What are no neighbours, what is no vector then, and what is computed stay.

// CHECK-LABEL: @main
// CHECK:         nn.slice %x from [0, 0, 0] sizes [1, 2, 10] strides [1, 2, 1]
// CHECK:         nn.slice %x from [0, 1, 0] sizes [1, 2, 10]
// CHECK:         nn.slice %{{.*}} from [0, 1, 0] sizes [1, 1, 10]
func.func @main(%x: tensor<1x4x10xf32>) -> (tensor<1x20xf32>, tensor<2x10xf32>, tensor<1x10xf32>) {
  %0 = nn.slice %x from [0, 0, 0] sizes [1, 2, 10] strides [1, 2, 1] : (tensor<1x4x10xf32>) -> tensor<1x2x10xf32>
  %1 = nn.reshape %0 : (tensor<1x2x10xf32>) -> tensor<1x20xf32>
  %2 = nn.slice %x from [0, 1, 0] sizes [1, 2, 10] strides [1, 1, 1] : (tensor<1x4x10xf32>) -> tensor<1x2x10xf32>
  %3 = nn.reshape %2 : (tensor<1x2x10xf32>) -> tensor<2x10xf32>
  %4 = nn.abs %x : (tensor<1x4x10xf32>) -> tensor<1x4x10xf32>
  %5 = nn.slice %4 from [0, 1, 0] sizes [1, 1, 10] strides [1, 1, 1] : (tensor<1x4x10xf32>) -> tensor<1x1x10xf32>
  %6 = nn.reshape %5 : (tensor<1x1x10xf32>) -> tensor<1x10xf32>
  func.return %1, %3, %6 : tensor<1x20xf32>, tensor<2x10xf32>, tensor<1x10xf32>
}
