// RUN: aipu-opt %s --random-weights 0 -p fuse-elementwise --check-numerics --split-input-file --print-debuginfo | filecheck %s

// A tree of one tensor is one function; its parts keep their places.

// CHECK-LABEL: @main
// CHECK:         %[[A:.*]] = nn.abs %{{.*}}
// CHECK-NEXT:    %[[C:.*]] = nn.composite %[[A]], %two {
// CHECK-NEXT:    ^bb0(%[[X:.*]]: tensor<2x4xf32> {{.*}}, %[[T:.*]]: tensor<f32> {{.*}}):
// CHECK-NEXT:      %[[P:.*]] = nn.mul %[[X]], %[[T]] {{.*}} loc("twice")
// CHECK-NEXT:      %[[Q:.*]] = nn.tanh %[[P]] {{.*}} loc("bent")
// CHECK-NEXT:      %[[R:.*]] = nn.div %[[Q]], %[[X]] {{.*}} loc("share")
// CHECK-NEXT:      nn.yield %[[R]]
// CHECK-NEXT:    } : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32> loc("share")
// CHECK-NEXT:    nn.reduce_max %[[C]]
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x1xf32> {
  %two = nn.weight "two" : tensor<f32>
  %m = nn.reduce_max %x axes [0] keep : (tensor<2x4xf32>) -> tensor<1x4xf32>
  %s = nn.sub %x, %m : (tensor<2x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  %0 = nn.abs %s {place = "machine"} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = nn.mul %0, %two : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32> loc("twice")
  %2 = nn.tanh %1 : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("bent")
  %3 = nn.div %2, %0 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32> loc("share")
  %4 = nn.reduce_max %3 axes [1] keep : (tensor<2x4xf32>) -> tensor<2x1xf32>
  func.return %4 : tensor<2x1xf32>
}

// -----

// What is read elsewhere, too, is a tensor: a tree ends there, and another begins.

// CHECK-LABEL: @main
// CHECK:         %[[A:.*]] = nn.composite %x {
// CHECK:           nn.exp
// CHECK-NEXT:      nn.neg
// CHECK:         %[[B:.*]] = nn.composite %[[A]] {
// CHECK:           nn.abs
// CHECK-NEXT:      nn.clamp
// CHECK:         func.return %[[A]], %[[B]]
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = nn.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.clamp %2 [0.0, 2.0] : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1, %3 : tensor<4xf32>, tensor<4xf32>
}

// -----

// So is what has integers of its own in the model, or was placed by a person. A sum of
// two tensors, a constant for each channel, and one function alone stay as they are.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.composite
func.func @main(%x: tensor<2x4xf32>, %y: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %w = nn.weight "w" : tensor<4xf32>
  %0 = nn.sigmoid %x {pinned = !quant.uniform<i8, 0.00390625:-128>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = nn.mul %x, %0 {pinned = !quant.uniform<i8, 0.1:0>} : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = nn.add %1, %y : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = nn.tanh %2 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %4 = nn.neg %3 {pin = "machine"} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %5 = nn.exp %4 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %6 = nn.mul %5, %w : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  func.return %6 : tensor<2x4xf32>
}

// -----

// Nor does what a statistic is divided by become a table: reals keep what is small of it.

// CHECK-LABEL: @main
// CHECK-NOT:     nn.composite
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %e = nn.weight "e" : tensor<f32>
  %0 = nn.square %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = nn.reduce_mean %0 axes [1] keep : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %2 = nn.add %1, %e : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %3 = nn.rsqrt %2 : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %4 = nn.mul %x, %3 : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  func.return %4 : tensor<2x4xf32>
}
