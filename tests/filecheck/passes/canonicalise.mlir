// RUN: aipu-opt %s -p canonicalise --split-input-file | filecheck %s

// A reshape that changes nothing goes, and of two in a row the first.

// CHECK-LABEL: @reshapes
// CHECK-NEXT:    %[[R:.*]] = nn.reshape %{{.*}} : (tensor<1x8xf32>) -> tensor<2x4xf32>
// CHECK-NEXT:    func.return %[[R]]
func.func @reshapes(%x: tensor<1x8xf32>) -> tensor<2x4xf32> {
  %0 = nn.reshape %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = nn.reshape %0 : (tensor<1x8xf32>) -> tensor<8xf32>
  %2 = nn.reshape %1 : (tensor<8xf32>) -> tensor<2x4xf32>
  func.return %2 : tensor<2x4xf32>
}

// -----

// Two transposes that undo each other go.

// CHECK-LABEL: @transposes_that_cancel
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4xf32>
// CHECK-NEXT:    func.return %[[X]]
func.func @transposes_that_cancel(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nn.transpose %x by [1, 2, 0] : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = nn.transpose %0 by [2, 0, 1] : (tensor<3x4x2xf32>) -> tensor<2x3x4xf32>
  func.return %1 : tensor<2x3x4xf32>
}

// -----

// Two others become one.

// CHECK-LABEL: @transposes_that_merge
// CHECK-NEXT:    nn.transpose %{{.*}} by [2, 1, 0]
// CHECK-NEXT:    func.return
func.func @transposes_that_merge(%x: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = nn.transpose %x by [1, 2, 0] : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = nn.transpose %0 by [1, 0, 2] : (tensor<3x4x2xf32>) -> tensor<4x3x2xf32>
  func.return %1 : tensor<4x3x2xf32>
}

// -----

// A transpose that moves no element is a reshape.

// CHECK-LABEL: @transpose_of_units
// CHECK-NEXT:    nn.reshape %{{.*}} : (tensor<1x1x5x6xf32>) -> tensor<1x5x6x1xf32>
func.func @transpose_of_units(%x: tensor<1x1x5x6xf32>) -> tensor<1x5x6x1xf32> {
  %0 = nn.transpose %x by [0, 2, 3, 1] : (tensor<1x1x5x6xf32>) -> tensor<1x5x6x1xf32>
  func.return %0 : tensor<1x5x6x1xf32>
}

// -----

// A slice of everything, a pad of nothing and a concat of one go.

// CHECK-LABEL: @nothing_done
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT:    func.return %[[X]]
func.func @nothing_done(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.slice %x from [0, 0] sizes [2, 3] strides [1, 1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = nn.pad %0 low [0, 0] high [0, 0] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = nn.concat %1 axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  func.return %2 : tensor<2x3xf32>
}

// -----

// A slice of everything backwards stays.

// CHECK-LABEL: @reversed
// CHECK-NEXT:    nn.slice
func.func @reversed(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.slice %x from [0, 2] sizes [2, 3] strides [1, -1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}

// -----

// A clamp of a clamp is one; what the one before implies is none.

// CHECK-LABEL: @clamps
// CHECK-NEXT:    %[[C:.*]] = nn.clamp %{{.*}} relu6
// CHECK-NEXT:    func.return %[[C]]
func.func @clamps(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.clamp %x relu : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.clamp %0 [-1.0, 6.0] : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.clamp %1 relu : (tensor<4xf32>) -> tensor<4xf32>
  func.return %2 : tensor<4xf32>
}

// -----

// An activation implies a clamp, too.

// CHECK-LABEL: @clamp_after_activation
// CHECK-NEXT:    %[[A:.*]] = nn.add %{{.*}} then relu
// CHECK-NEXT:    func.return %[[A]]
func.func @clamp_after_activation(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.add %x, %x then relu : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.clamp %0 relu : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}

// -----

// Of equal operators and equal weights the first stays; dead ones go.

// CHECK-LABEL: @equal
// CHECK-NEXT:    %[[W:.*]] = nn.weight "w"
// CHECK-NEXT:    %[[A:.*]] = nn.add %{{.*}}, %[[W]]
// CHECK-NEXT:    %[[M:.*]] = nn.mul %[[A]], %[[A]]
// CHECK-NEXT:    func.return %[[M]]
func.func @equal(%x: tensor<4xf32>) -> tensor<4xf32> {
  %w1 = nn.weight "w" : tensor<4xf32>
  %w2 = nn.weight "w" : tensor<4xf32>
  %0 = nn.add %x, %w1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.add %x, %w2 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.mul %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %dead = nn.exp %2 : (tensor<4xf32>) -> tensor<4xf32>
  func.return %2 : tensor<4xf32>
}

// -----

// A mean of single elements is a reshape.

// CHECK-LABEL: @mean_of_one
// CHECK-NEXT:    nn.reshape %{{.*}} : (tensor<2x4x1x1xf32>) -> tensor<2x4xf32>
func.func @mean_of_one(%x: tensor<2x4x1x1xf32>) -> tensor<2x4xf32> {
  %0 = nn.reduce_mean %x axes [2, 3] : (tensor<2x4x1x1xf32>) -> tensor<2x4xf32>
  func.return %0 : tensor<2x4xf32>
}

// -----

// Integers that only pass through reals stay; a clamp comes before equal pairs.

// CHECK-LABEL: @pairs
// CHECK-NEXT:    %[[E:.*]] = nn.exp %x
// CHECK-NEXT:    %[[C:.*]] = nn.clamp %[[E]] relu
// CHECK-NEXT:    %[[Q:.*]] = nn.quantise %[[C]]
// CHECK-NEXT:    %[[D:.*]] = nn.dequantise %[[Q]]
// CHECK-NEXT:    %[[R:.*]] = nn.reshape %[[D]]
// CHECK-NEXT:    func.return %[[R]]
func.func @pairs(%x: tensor<4xf32>) -> tensor<2x2xf32> {
  %0 = nn.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.quantise %0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8, 0.5:1>>
  %2 = nn.dequantise %1 : (tensor<4x!quant.uniform<i8, 0.5:1>>) -> tensor<4xf32>
  %3 = nn.clamp %2 relu : (tensor<4xf32>) -> tensor<4xf32>
  %4 = nn.quantise %3 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8, 0.5:1>>
  %5 = nn.dequantise %4 : (tensor<4x!quant.uniform<i8, 0.5:1>>) -> tensor<4xf32>
  %6 = nn.reshape %5 : (tensor<4xf32>) -> tensor<2x2xf32>
  %7 = nn.quantise %6 : (tensor<2x2xf32>) -> tensor<2x2x!quant.uniform<i8, 0.5:1>>
  %8 = nn.dequantise %7 : (tensor<2x2x!quant.uniform<i8, 0.5:1>>) -> tensor<2x2xf32>
  func.return %8 : tensor<2x2xf32>
}

// -----

// Slices that are put together again as they were go altogether.

// CHECK-LABEL: @a_split_that_is_joined
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<1x6xf32>
// CHECK-NEXT:    func.return %[[X]]
func.func @a_split_that_is_joined(%x: tensor<1x6xf32>) -> tensor<1x6xf32> {
  %0 = nn.slice %x from [0, 0] sizes [1, 2] strides [1, 1] : (tensor<1x6xf32>) -> tensor<1x2xf32>
  %1 = nn.slice %x from [0, 2] sizes [1, 3] strides [1, 1] : (tensor<1x6xf32>) -> tensor<1x3xf32>
  %2 = nn.slice %x from [0, 5] sizes [1, 1] strides [1, 1] : (tensor<1x6xf32>) -> tensor<1x1xf32>
  %3 = nn.concat %0, %1, %2 axis 1 : (tensor<1x2xf32>, tensor<1x3xf32>, tensor<1x1xf32>) -> tensor<1x6xf32>
  func.return %3 : tensor<1x6xf32>
}

// -----

// Of some of them one slice is left, also in steps; the order matters.

// CHECK-LABEL: @parts_of_a_split
// CHECK-NEXT:    %[[S:.*]] = nn.slice %{{.*}} from [0, 1] sizes [1, 3] strides [1, 2]
// CHECK-NEXT:    nn.concat %[[S]], %{{.*}} axis 1 : (tensor<1x3xf32>, tensor<1x1xf32>)
func.func @parts_of_a_split(%x: tensor<1x8xf32>, %y: tensor<1x1xf32>) -> tensor<1x4xf32> {
  %0 = nn.slice %x from [0, 1] sizes [1, 2] strides [1, 2] : (tensor<1x8xf32>) -> tensor<1x2xf32>
  %1 = nn.slice %x from [0, 5] sizes [1, 1] strides [1, 2] : (tensor<1x8xf32>) -> tensor<1x1xf32>
  %2 = nn.concat %0, %1, %y axis 1 : (tensor<1x2xf32>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x4xf32>
  func.return %2 : tensor<1x4xf32>
}

// -----

// CHECK-LABEL: @parts_in_another_order
// CHECK:         nn.concat %{{.*}}, %{{.*}} axis 1 : (tensor<1x2xf32>, tensor<1x2xf32>)
func.func @parts_in_another_order(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.slice %x from [0, 0] sizes [1, 2] strides [1, 1] : (tensor<1x4xf32>) -> tensor<1x2xf32>
  %1 = nn.slice %x from [0, 2] sizes [1, 2] strides [1, 1] : (tensor<1x4xf32>) -> tensor<1x2xf32>
  %2 = nn.concat %1, %0 axis 1 : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  func.return %2 : tensor<1x4xf32>
}
