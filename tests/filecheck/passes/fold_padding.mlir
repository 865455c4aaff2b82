// RUN: aipu-opt %s -p fold-padding --random-weights 0 --check-numerics --split-input-file | filecheck %s

// CHECK-LABEL: @main
// CHECK-NOT:     nn.pad
// CHECK:         nn.conv2d {{.*}} pad [1, 2, 4, 4]
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x7x8x2xf32> {
  %w = nn.weight "w" : tensor<2x3x3x2xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %0 = nn.pad %x low [0, 0, 1, 0] high [0, 3, 3, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x7x8x2xf32>
  %1 = nn.conv2d %0, %w, %b pad [1, 1, 1, 1] : (tensor<1x7x8x2xf32>, tensor<2x3x3x2xf32>, tensor<2xf32>) -> tensor<1x7x8x2xf32>
  func.return %1 : tensor<1x7x8x2xf32>
}

// -----

// Ones around a map are no padding.

// CHECK-LABEL: @main
// CHECK:         nn.pad
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.weight "w" : tensor<2x3x3x2xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %0 = nn.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] value 1.0 : (tensor<1x4x4x2xf32>) -> tensor<1x6x6x2xf32>
  %1 = nn.conv2d %0, %w, %b : (tensor<1x6x6x2xf32>, tensor<2x3x3x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  func.return %1 : tensor<1x4x4x2xf32>
}

// -----

// Nor are channels of zeros.

// CHECK-LABEL: @main
// CHECK:         nn.pad
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.weight "v" : tensor<2x1x1x3xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %0 = nn.pad %x low [0, 0, 0, 1] high [0, 0, 0, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x3xf32>
  %1 = nn.conv2d %0, %w, %b : (tensor<1x4x4x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  func.return %1 : tensor<1x4x4x2xf32>
}

// -----

// After a relu, zeros do not exceed anything.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.pad
// CHECK:         nn.max_pool2d %{{.*}} kernel [3, 3] stride [2, 2] pad [1, 1, 1, 1]
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %0 = nn.clamp %x relu : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %1 = nn.pad %0 low [0, 1, 1, 0] high [0, 1, 1, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x6x6x2xf32>
  %2 = nn.max_pool2d %1 kernel [3, 3] stride [2, 2] : (tensor<1x6x6x2xf32>) -> tensor<1x2x2x2xf32>
  func.return %2 : tensor<1x2x2x2xf32>
}

// -----

// Without it they do.

// CHECK-LABEL: @main
// CHECK:         nn.pad
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %0 = nn.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x6x6x2xf32>
  %1 = nn.max_pool2d %0 kernel [3, 3] stride [2, 2] : (tensor<1x6x6x2xf32>) -> tensor<1x2x2x2xf32>
  func.return %1 : tensor<1x2x2x2xf32>
}

// -----

// The lowest float never wins either, nor does minus infinity.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.pad
// CHECK:         nn.max_pool2d %{{.*}} kernel [2, 2] stride [2, 2] pad [0, 0, 1, 1]
func.func @main(%x: tensor<1x3x3x2xf32>) -> tensor<1x2x2x2xf32> {
  %0 = nn.pad %x low [0, 0, 0, 0] high [0, 1, 1, 0] value -3.4028234663852886e+38 : (tensor<1x3x3x2xf32>) -> tensor<1x4x4x2xf32>
  %1 = nn.max_pool2d %0 kernel [2, 2] stride [2, 2] : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  func.return %1 : tensor<1x2x2x2xf32>
}

// -----

// Of one dimension, a reshape stands between.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.pad
// CHECK:         nn.max_pool2d %{{.*}} kernel [1, 3] stride [1, 2] pad [0, 1, 0, 1]
func.func @main(%x: tensor<1x7x2xf32>) -> tensor<1x1x4x2xf32> {
  %0 = nn.pad %x low [0, 1, 0] high [0, 1, 0] value -3.4028234663852886e+38 : (tensor<1x7x2xf32>) -> tensor<1x9x2xf32>
  %1 = nn.reshape %0 : (tensor<1x9x2xf32>) -> tensor<1x1x9x2xf32>
  %2 = nn.max_pool2d %1 kernel [1, 3] stride [1, 2] : (tensor<1x1x9x2xf32>) -> tensor<1x1x4x2xf32>
  func.return %2 : tensor<1x1x4x2xf32>
}

// -----

// A window of padding alone would have no element to take.

// CHECK-LABEL: @main
// CHECK:         nn.pad
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %0 = nn.clamp %x relu : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %1 = nn.pad %0 low [0, 2, 2, 0] high [0, 2, 2, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x8x8x2xf32>
  %2 = nn.max_pool2d %1 kernel [2, 2] stride [2, 2] : (tensor<1x8x8x2xf32>) -> tensor<1x4x4x2xf32>
  func.return %2 : tensor<1x4x4x2xf32>
}

// -----

// A mean over zeros counts them.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.pad
// CHECK:         nn.avg_pool2d %{{.*}} kernel [3, 3] stride [2, 2] pad [1, 1, 1, 1] counting_pad
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %0 = nn.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x6x6x2xf32>
  %1 = nn.avg_pool2d %0 kernel [3, 3] stride [2, 2] : (tensor<1x6x6x2xf32>) -> tensor<1x2x2x2xf32>
  func.return %1 : tensor<1x2x2x2xf32>
}

// -----

// Padding that does not count cannot take in zeros that do.

// CHECK-LABEL: @main
// CHECK:         nn.pad
func.func @main(%x: tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32> {
  %0 = nn.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x6x6x2xf32>
  %1 = nn.avg_pool2d %0 kernel [3, 3] stride [2, 2] pad [1, 1, 0, 0] : (tensor<1x6x6x2xf32>) -> tensor<1x3x3x2xf32>
  func.return %1 : tensor<1x3x3x2xf32>
}

// -----

// A transpose between them does not matter: the pad goes behind it.

// CHECK-LABEL: @main
// CHECK:         %[[T:.*]] = nn.transpose %x by [0, 2, 3, 1]
// CHECK-NEXT:    nn.conv2d %[[T]], {{.*}} stride [2, 2] pad [0, 0, 1, 1]
func.func @main(%x: tensor<1x3x8x8xf32>) -> tensor<1x4x4x4xf32> {
  %w = nn.weight "w2" : tensor<4x3x3x3xf32>
  %b = nn.weight "b2" : tensor<4xf32>
  %p = nn.pad %x low [0, 0, 0, 0] high [0, 0, 1, 1] : (tensor<1x3x8x8xf32>) -> tensor<1x3x9x9xf32>
  %t = nn.transpose %p by [0, 2, 3, 1] : (tensor<1x3x9x9xf32>) -> tensor<1x9x9x3xf32>
  %y = nn.conv2d %t, %w, %b stride [2, 2] : (tensor<1x9x9x3xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  func.return %y : tensor<1x4x4x4xf32>
}
