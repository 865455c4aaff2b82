// RUN: aipu-opt %s -p layout --random-weights 0 --check-numerics --split-input-file --print-debuginfo | filecheck %s

// Between two convolutions no transpose is left; only the input and the output have one,
// named after the nodes that asked for it.

// CHECK-LABEL: @chain
// CHECK-SAME:    %[[X:.*]]: tensor<1x3x8x8xf32>
// CHECK:         %[[N:.*]] = nn.transpose %[[X]] by [0, 2, 3, 1] {{.*}} loc("conv1")
// CHECK:         %[[A:.*]] = nn.conv2d %[[N]]
// CHECK-NEXT:    %[[B:.*]] = nn.clamp %[[A]] relu : (tensor<1x8x8x4xf32>)
// CHECK-NEXT:    %[[C:.*]] = nn.conv2d %[[B]]
// CHECK-NEXT:    %[[D:.*]] = nn.transpose %[[C]] by [0, 3, 1, 2] {{.*}} loc("conv2")
// CHECK-NEXT:    func.return %[[D]]
func.func @chain(%x: tensor<1x3x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %w1 = nn.weight "w1" : tensor<4x1x1x3xf32>
  %w2 = nn.weight "w2" : tensor<4x1x1x4xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %0 = nn.transpose %x by [0, 2, 3, 1] : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32> loc("conv1")
  %1 = nn.conv2d %0, %w1, %b : (tensor<1x8x8x3xf32>, tensor<4x1x1x3xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32> loc("conv1")
  %2 = nn.transpose %1 by [0, 3, 1, 2] : (tensor<1x8x8x4xf32>) -> tensor<1x4x8x8xf32> loc("conv1")
  %3 = nn.clamp %2 relu : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> loc("relu1")
  %4 = nn.transpose %3 by [0, 2, 3, 1] : (tensor<1x4x8x8xf32>) -> tensor<1x8x8x4xf32> loc("conv2")
  %5 = nn.conv2d %4, %w2, %b : (tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32> loc("conv2")
  %6 = nn.transpose %5 by [0, 3, 1, 2] : (tensor<1x8x8x4xf32>) -> tensor<1x4x8x8xf32> loc("conv2")
  func.return %6 : tensor<1x4x8x8xf32>
}

// -----

// A constant is made to fit, under a new key.

// CHECK-LABEL: @constant
// CHECK:         %[[N:.*]] = nn.conv2d
// CHECK-NEXT:    %[[C:.*]] = nn.weight "c/reshaped" : tensor<1x1x1x4xf32>
// CHECK-NEXT:    %[[M:.*]] = nn.mul %[[N]], %[[C]]
// CHECK-NEXT:    %[[D:.*]] = nn.weight "d/transposed" : tensor<1x2x2x4xf32>
// CHECK-NEXT:    %[[A:.*]] = nn.add %[[D]], %[[M]]
// CHECK-NEXT:    %[[T:.*]] = nn.transpose %[[A]] by [0, 3, 1, 2]
// CHECK-NEXT:    func.return %[[T]]
func.func @constant(%x: tensor<1x2x2x4xf32>) -> tensor<1x4x2x2xf32> {
  %w = nn.weight "w2" : tensor<4x1x1x4xf32>
  %b = nn.weight "b" : tensor<4xf32>
  %c = nn.weight "c" : tensor<4x1x1xf32>
  %d = nn.weight "d" : tensor<1x4x2x2xf32>
  %0 = nn.conv2d %x, %w, %b : (tensor<1x2x2x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>) -> tensor<1x2x2x4xf32>
  %1 = nn.transpose %0 by [0, 3, 1, 2] : (tensor<1x2x2x4xf32>) -> tensor<1x4x2x2xf32>
  %2 = nn.mul %1, %c : (tensor<1x4x2x2xf32>, tensor<4x1x1xf32>) -> tensor<1x4x2x2xf32>
  %3 = nn.add %d, %2 : (tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  func.return %3 : tensor<1x4x2x2xf32>
}

// -----

// Axes follow the dimensions that they name: joined, padded, cut, reduced.

// CHECK-LABEL: @axes
// CHECK-NEXT:    nn.concat %{{.*}}, %{{.*}} axis 3
// CHECK-NEXT:    nn.pad %{{.*}} low [0, 1, 0, 0] high [0, 0, 2, 0] : (tensor<1x2x3x8xf32>)
// CHECK-NEXT:    nn.slice %{{.*}} from [0, 0, 1, 3] sizes [1, 3, 2, 4] strides [1, 1, 2, 1]
// CHECK-NEXT:    nn.softmax %{{.*}} axis 3
// CHECK-NEXT:    nn.reduce_mean %{{.*}} axes [1, 2] : (tensor<1x3x2x4xf32>) -> tensor<1x4xf32>
// CHECK-NEXT:    func.return
func.func @axes(%x: tensor<1x2x3x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.transpose %x by [0, 3, 1, 2] : (tensor<1x2x3x4xf32>) -> tensor<1x4x2x3xf32>
  %1 = nn.concat %0, %0 axis 1 : (tensor<1x4x2x3xf32>, tensor<1x4x2x3xf32>) -> tensor<1x8x2x3xf32>
  %2 = nn.pad %1 low [0, 0, 1, 0] high [0, 0, 0, 2] : (tensor<1x8x2x3xf32>) -> tensor<1x8x3x5xf32>
  %3 = nn.slice %2 from [0, 3, 0, 1] sizes [1, 4, 3, 2] strides [1, 1, 1, 2] : (tensor<1x8x3x5xf32>) -> tensor<1x4x3x2xf32>
  %4 = nn.softmax %3 axis 1 : (tensor<1x4x3x2xf32>) -> tensor<1x4x3x2xf32>
  %5 = nn.reduce_mean %4 axes [2, 3] : (tensor<1x4x3x2xf32>) -> tensor<1x4xf32>
  func.return %5 : tensor<1x4xf32>
}

// -----

// ShuffleNet's shuffle stays on NHWC: split, exchange, join.

// CHECK-LABEL: @shuffle
// CHECK-NEXT:    %[[S:.*]] = nn.reshape %{{.*}} : (tensor<1x5x5x6xf32>) -> tensor<1x5x5x2x3xf32>
// CHECK-NEXT:    %[[T:.*]] = nn.transpose %[[S]] by [0, 1, 2, 4, 3]
// CHECK-NEXT:    %[[J:.*]] = nn.reshape %[[T]] : (tensor<1x5x5x3x2xf32>) -> tensor<1x5x5x6xf32>
// CHECK-NEXT:    func.return %[[J]]
func.func @shuffle(%x: tensor<1x5x5x6xf32>) -> tensor<1x5x5x6xf32> {
  %0 = nn.transpose %x by [0, 3, 1, 2] : (tensor<1x5x5x6xf32>) -> tensor<1x6x5x5xf32>
  %1 = nn.reshape %0 : (tensor<1x6x5x5xf32>) -> tensor<1x2x3x5x5xf32>
  %2 = nn.transpose %1 by [0, 2, 1, 3, 4] : (tensor<1x2x3x5x5xf32>) -> tensor<1x3x2x5x5xf32>
  %3 = nn.reshape %2 : (tensor<1x3x2x5x5xf32>) -> tensor<1x6x5x5xf32>
  %4 = nn.transpose %3 by [0, 2, 3, 1] : (tensor<1x6x5x5xf32>) -> tensor<1x5x5x6xf32>
  func.return %4 : tensor<1x5x5x6xf32>
}

// -----

// The features of a flattened map are taken in the order in which they lie.

// CHECK-LABEL: @flatten
// CHECK-DAG:     %[[F:.*]] = nn.reshape %{{.*}} : (tensor<2x2x3x4xf32>) -> tensor<2x24xf32>
// CHECK-DAG:     %[[W:.*]] = nn.weight "fc/transposed" : tensor<5x24xf32>
// CHECK:         nn.fully_connected %[[F]], %[[W]]
func.func @flatten(%x: tensor<2x2x3x4xf32>) -> tensor<2x5xf32> {
  %w = nn.weight "fc" : tensor<5x24xf32>
  %b = nn.weight "fb" : tensor<5xf32>
  %0 = nn.transpose %x by [0, 3, 1, 2] : (tensor<2x2x3x4xf32>) -> tensor<2x4x2x3xf32>
  %1 = nn.reshape %0 : (tensor<2x4x2x3xf32>) -> tensor<2x24xf32>
  %2 = nn.clamp %1 relu : (tensor<2x24xf32>) -> tensor<2x24xf32>
  %3 = nn.fully_connected %2, %w, %b : (tensor<2x24xf32>, tensor<5x24xf32>, tensor<5xf32>) -> tensor<2x5xf32>
  func.return %3 : tensor<2x5xf32>
}

// -----

// What scales an input is done on NHWC, too.

// CHECK-LABEL: @input
// CHECK-NEXT:    %[[T:.*]] = nn.transpose %{{.*}} by [0, 2, 3, 1]
// CHECK:         %[[C:.*]] = nn.weight "mean/reshaped" : tensor<1x1x1x3xf32>
// CHECK:         %[[S:.*]] = nn.sub %[[T]], %[[C]]
// CHECK-NEXT:    nn.max_pool2d %[[S]]
func.func @input(%x: tensor<1x3x4x4xf32>) -> tensor<1x2x2x3xf32> {
  %mean = nn.weight "mean" : tensor<3x1x1xf32>
  %0 = nn.sub %x, %mean : (tensor<1x3x4x4xf32>, tensor<3x1x1xf32>) -> tensor<1x3x4x4xf32>
  %1 = nn.transpose %0 by [0, 2, 3, 1] : (tensor<1x3x4x4xf32>) -> tensor<1x4x4x3xf32>
  %2 = nn.max_pool2d %1 kernel [2, 2] stride [2, 2] : (tensor<1x4x4x3xf32>) -> tensor<1x2x2x3xf32>
  func.return %2 : tensor<1x2x2x3xf32>
}

// -----

// What a model does need stays.

// CHECK-LABEL: @needed
// CHECK-NEXT:    nn.transpose %{{.*}} by [1, 0]
// CHECK-NEXT:    nn.matmul
func.func @needed(%x: tensor<3x4xf32>) -> tensor<4x4xf32> {
  %0 = nn.transpose %x by [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
  %1 = nn.matmul %0, %x : (tensor<4x3xf32>, tensor<3x4xf32>) -> tensor<4x4xf32>
  func.return %1 : tensor<4x4xf32>
}

// -----

// A dimension that is several axes is cut, padded or joined only where it is placed.

// CHECK-LABEL: @joined
// CHECK-NEXT:    %[[T:.*]] = nn.transpose %{{.*}} by [0, 3, 1, 2]
// CHECK-NEXT:    %[[F:.*]] = nn.reshape %[[T]] : (tensor<1x4x2x3xf32>) -> tensor<1x24xf32>
// CHECK-NEXT:    nn.slice %[[F]] from [0, 5] sizes [1, 7] strides [1, 1]
// CHECK-NEXT:    nn.pad %[[F]] low [0, 1] high [0, 0]
// CHECK-NEXT:    nn.concat %[[F]], %[[F]] axis 1
func.func @joined(%x: tensor<1x2x3x4xf32>) -> (tensor<1x7xf32>, tensor<1x25xf32>, tensor<1x48xf32>) {
  %0 = nn.transpose %x by [0, 3, 1, 2] : (tensor<1x2x3x4xf32>) -> tensor<1x4x2x3xf32>
  %1 = nn.reshape %0 : (tensor<1x4x2x3xf32>) -> tensor<1x24xf32>
  %2 = nn.slice %1 from [0, 5] sizes [1, 7] strides [1, 1] : (tensor<1x24xf32>) -> tensor<1x7xf32>
  %3 = nn.pad %1 low [0, 1] high [0, 0] : (tensor<1x24xf32>) -> tensor<1x25xf32>
  %4 = nn.concat %1, %1 axis 1 : (tensor<1x24xf32>, tensor<1x24xf32>) -> tensor<1x48xf32>
  func.return %2, %3, %4 : tensor<1x7xf32>, tensor<1x25xf32>, tensor<1x48xf32>
}
