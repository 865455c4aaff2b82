// RUN: aipu-opt %s -p sink-slices --split-input-file | filecheck %s

!t = !quant.uniform<i8, 0.5:0>

// Each part of a tensor stands before the function that reads it; the reshape goes along.
// CHECK-LABEL: @main
// CHECK-NEXT:  %[[WHOLE:.*]] = nn.requantise
// CHECK-NEXT:  %[[A:.*]] = nn.slice %[[WHOLE]] from [0, 0]
// CHECK-NEXT:  %[[FLAT:.*]] = nn.reshape %[[A]]
// CHECK-NEXT:  nn.requantise %[[FLAT]]
// CHECK-NEXT:  %[[B:.*]] = nn.slice %[[WHOLE]] from [0, 4]
// CHECK-NEXT:  nn.requantise %[[B]]
func.func @main(%x: tensor<1x8x!t>) -> (tensor<4x!t>, tensor<1x4x!t>) attributes {place = "machine"} {
  %0 = nn.requantise %x rescale [1] >> 0 : (tensor<1x8x!t>) -> tensor<1x8x!t>
  %a = nn.slice %0 from [0, 0] sizes [1, 4] strides [1, 1] : (tensor<1x8x!t>) -> tensor<1x4x!t>
  %b = nn.slice %0 from [0, 4] sizes [1, 4] strides [1, 1] : (tensor<1x8x!t>) -> tensor<1x4x!t>
  %f = nn.reshape %a : (tensor<1x4x!t>) -> tensor<4x!t>
  %1 = nn.requantise %f rescale [1] >> 0 : (tensor<4x!t>) -> tensor<4x!t>
  %2 = nn.requantise %b rescale [1] >> 0 : (tensor<1x4x!t>) -> tensor<1x4x!t>
  func.return %1, %2 : tensor<4x!t>, tensor<1x4x!t>
}

// -----

!t = !quant.uniform<i8, 0.5:0>

// What leaves the function, and what nobody reads, stays where it is.
// CHECK-LABEL: @main
// CHECK-NEXT:  nn.slice
// CHECK-NEXT:  nn.requantise
// CHECK-NEXT:  nn.slice
// CHECK-NEXT:  func.return
func.func @main(%x: tensor<1x8x!t>) -> (tensor<1x4x!t>, tensor<1x8x!t>) attributes {place = "machine"} {
  %nobody = nn.slice %x from [0, 0] sizes [1, 4] strides [1, 1] : (tensor<1x8x!t>) -> tensor<1x4x!t>
  %1 = nn.requantise %x rescale [1] >> 0 : (tensor<1x8x!t>) -> tensor<1x8x!t>
  %b = nn.slice %x from [0, 4] sizes [1, 4] strides [1, 1] : (tensor<1x8x!t>) -> tensor<1x4x!t>
  func.return %b, %1 : tensor<1x4x!t>, tensor<1x8x!t>
}

// -----

!t = !quant.uniform<i8, 0.5:0>

// Rows of channels are a copy, which stays; the channels stand before it.
// CHECK-LABEL: @main
// CHECK-NEXT:  %[[WHOLE:.*]] = nn.requantise
// CHECK-NEXT:  %[[SAME:.*]] = nn.requantise %[[WHOLE]]
// CHECK-NEXT:  %[[A:.*]] = nn.slice %[[WHOLE]] from [0, 0] sizes [2, 4]
// CHECK-NEXT:  %[[ROW:.*]] = nn.slice %[[A]] from [0, 0] sizes [1, 4]
// CHECK-NEXT:  nn.requantise %[[ROW]]
func.func @main(%x: tensor<2x8x!t>) -> (tensor<1x4x!t>, tensor<2x8x!t>) attributes {place = "machine"} {
  %0 = nn.requantise %x rescale [1] >> 0 : (tensor<2x8x!t>) -> tensor<2x8x!t>
  %a = nn.slice %0 from [0, 0] sizes [2, 4] strides [1, 1] : (tensor<2x8x!t>) -> tensor<2x4x!t>
  %s = nn.requantise %0 rescale [1] >> 0 : (tensor<2x8x!t>) -> tensor<2x8x!t>
  %r = nn.slice %a from [0, 0] sizes [1, 4] strides [1, 1] : (tensor<2x4x!t>) -> tensor<1x4x!t>
  %1 = nn.requantise %r rescale [1] >> 0 : (tensor<1x4x!t>) -> tensor<1x4x!t>
  func.return %1, %s : tensor<1x4x!t>, tensor<2x8x!t>
}
