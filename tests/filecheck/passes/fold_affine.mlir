// RUN: aipu-opt %s -p fold-affine --random-weights 0 --check-numerics --split-input-file --print-debuginfo | filecheck %s

// Whatever follows a convolution per channel goes into its weight and bias; the
// activation of the last becomes its own.

// CHECK-LABEL: @chain
// CHECK-DAG:     %[[W:.*]] = nn.weight "w/scaled" : tensor<4x3x3x2xf32>
// CHECK-DAG:     %[[B:.*]] = nn.weight "b/shifted" : tensor<4xf32>
// CHECK:         %[[C:.*]] = nn.conv2d %{{.*}}, %[[W]], %[[B]] pad [1, 1, 1, 1] then relu {{.*}} loc("conv1")
// CHECK-NEXT:    func.return %[[C]]
func.func @chain(%x: tensor<1x5x5x2xf32>) -> tensor<1x5x5x4xf32> {
  %w = nn.weight "w" : tensor<4x3x3x2xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %c = nn.weight "c" : tensor<1x1x1x4xf32>
  %d = nn.weight "d" : tensor<4xf32>
  %e = nn.weight "e" : tensor<f32>
  %0 = nn.conv2d %x, %w, %b pad [1, 1, 1, 1] : (tensor<1x5x5x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32> loc("conv1")
  %1 = nn.mul %0, %c : (tensor<1x5x5x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x5x5x4xf32>
  %2 = nn.sub %d, %1 : (tensor<4xf32>, tensor<1x5x5x4xf32>) -> tensor<1x5x5x4xf32>
  %3 = nn.div %2, %e : (tensor<1x5x5x4xf32>, tensor<f32>) -> tensor<1x5x5x4xf32>
  %4 = nn.add %3, %d then relu : (tensor<1x5x5x4xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32> loc("relu1")
  func.return %4 : tensor<1x5x5x4xf32>
}

// -----

// A bias alone leaves the weight as it is.

// CHECK-LABEL: @bias_of_fully_connected
// CHECK-DAG:     %[[W:.*]] = nn.weight "fw" : tensor<4x6xf32>
// CHECK-DAG:     %[[B:.*]] = nn.weight "b/shifted
// CHECK:         nn.fully_connected %{{.*}}, %[[W]], %[[B]]
// CHECK-NEXT:    func.return
func.func @bias_of_fully_connected(%x: tensor<2x6xf32>) -> tensor<2x4xf32> {
  %w = nn.weight "fw" : tensor<4x6xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.fully_connected %x, %w, %b : (tensor<2x6xf32>, tensor<4x6xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %1 = nn.add %0, %b : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  func.return %1 : tensor<2x4xf32>
}

// -----

// Not across a value that others read.

// CHECK-LABEL: @two_readers
// CHECK:         nn.conv2d
// CHECK-NEXT:    nn.mul
func.func @two_readers(%x: tensor<1x5x5x2xf32>) -> (tensor<1x5x5x4xf32>, tensor<1x5x5x4xf32>) {
  %w = nn.weight "w1" : tensor<4x1x1x2xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.conv2d %x, %w, %b : (tensor<1x5x5x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  %1 = nn.mul %0, %b : (tensor<1x5x5x4xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  func.return %0, %1 : tensor<1x5x5x4xf32>, tensor<1x5x5x4xf32>
}

// -----

// Nor across an activation.

// CHECK-LABEL: @activation
// CHECK:         nn.conv2d {{.*}} then relu
// CHECK-NEXT:    nn.mul
func.func @activation(%x: tensor<1x5x5x2xf32>) -> tensor<1x5x5x4xf32> {
  %w = nn.weight "w1" : tensor<4x1x1x2xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.conv2d %x, %w, %b then relu : (tensor<1x5x5x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  %1 = nn.mul %0, %b : (tensor<1x5x5x4xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  func.return %1 : tensor<1x5x5x4xf32>
}

// -----

// Nor across one between two steps.

// CHECK-LABEL: @activation_between
// CHECK:         nn.mul {{.*}} then relu
// CHECK-NEXT:    nn.add
func.func @activation_between(%x: tensor<1x5x5x4xf32>) -> tensor<1x5x5x4xf32> {
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.mul %x, %b then relu : (tensor<1x5x5x4xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  %1 = nn.add %0, %b : (tensor<1x5x5x4xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  func.return %1 : tensor<1x5x5x4xf32>
}

// -----

// With no convolution before them, a scale and an offset become a depthwise one.

// CHECK-LABEL: @depthwise
// CHECK-DAG:     %[[W:.*]] = nn.weight "c/scale" : tensor<4x1x1x1xf32>
// CHECK-DAG:     %[[B:.*]] = nn.weight "c/offset" : tensor<4xf32>
// CHECK:         %[[C:.*]] = nn.conv2d %{{.*}}, %[[W]], %[[B]] groups 4 then relu
// CHECK-NEXT:    func.return %[[C]]
func.func @depthwise(%x: tensor<1x5x5x4xf32>) -> tensor<1x5x5x4xf32> {
  %c = nn.weight "c" : tensor<1x1x1x4xf32>
  %d = nn.weight "d" : tensor<4xf32>
  %0 = nn.mul %x, %c : (tensor<1x5x5x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x5x5x4xf32>
  %1 = nn.add %0, %d then relu : (tensor<1x5x5x4xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  func.return %1 : tensor<1x5x5x4xf32>
}

// -----

// Three scales are one.

// CHECK-LABEL: @scales
// CHECK:         %[[M:.*]] = nn.mul %{{.*}}
// CHECK-NEXT:    func.return %[[M]]
func.func @scales(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %c = nn.weight "d" : tensor<4xf32>
  %0 = nn.mul %x, %c : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %1 = nn.div %0, %c : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %2 = nn.mul %c, %1 : (tensor<4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  func.return %2 : tensor<2x4xf32>
}

// -----

// A constant that differs along other dimensions is no scale per channel.

// CHECK-LABEL: @by_position
// CHECK:         nn.conv2d
// CHECK-NEXT:    nn.mul
func.func @by_position(%x: tensor<1x5x5x2xf32>) -> tensor<1x5x5x4xf32> {
  %w = nn.weight "w1" : tensor<4x1x1x2xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %c = nn.weight "rows" : tensor<5x1x4xf32>
  %0 = nn.conv2d %x, %w, %b : (tensor<1x5x5x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  %1 = nn.mul %0, %c : (tensor<1x5x5x4xf32>, tensor<5x1x4xf32>) -> tensor<1x5x5x4xf32>
  func.return %1 : tensor<1x5x5x4xf32>
}

// -----

// An offset by the contrary of a large bias is the convolution's, though others read it:
// they read it shifted back.

// CHECK-LABEL: @far_from_zero
// CHECK:         %[[C:.*]] = nn.conv2d %{{.*}}, %{{.*}}, %{{.*}} :
// CHECK:         %[[B:.*]] = nn.add %[[C]], %{{.*}}
// CHECK-NEXT:    %[[A:.*]] = nn.abs %[[B]]
// CHECK-NEXT:    func.return %[[C]], %[[A]]
func.func @far_from_zero(%x: tensor<1x5x5x2xf32>) -> (tensor<1x5x5x4xf32>, tensor<1x5x5x4xf32>) {
  %w = nn.weight "w1" : tensor<4x1x1x2xf32>
  %b = nn.weight "far" : tensor<4xf32>
  %0 = nn.conv2d %x, %w, %b : (tensor<1x5x5x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  %1 = nn.sub %0, %b : (tensor<1x5x5x4xf32>, tensor<4xf32>) -> tensor<1x5x5x4xf32>
  %2 = nn.abs %0 : (tensor<1x5x5x4xf32>) -> tensor<1x5x5x4xf32>
  func.return %1, %2 : tensor<1x5x5x4xf32>, tensor<1x5x5x4xf32>
}
