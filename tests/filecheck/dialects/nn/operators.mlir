// RUN: aipu-opt %s | aipu-opt - | filecheck %s
// RUN: aipu-opt %s --print-op-generic | aipu-opt - | filecheck %s

// Every operator on reals is printed as it is written here, and read back from it.

// CHECK-LABEL: @multiply_and_accumulate
func.func @multiply_and_accumulate(%x: tensor<1x8x8x4xf32>, %f: tensor<2x6xf32>) -> tensor<1x8x8x4xf32> {
  // CHECK: %[[W:.*]] = nn.weight "conv1.weight" : tensor<4x3x3x2xf32>
  %w = nn.weight "conv1.weight" : tensor<4x3x3x2xf32>
  %b = nn.weight "conv1.bias" : tensor<4xf32>
  %v = nn.weight "fc.weight" : tensor<4x6xf32>
  // CHECK: nn.conv2d %{{.*}}, %[[W]], %{{.*}} stride [2, 1] pad [1, 2, 1, 2] dilation [1, 2] groups 2 then relu : (tensor<1x8x8x4xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x4x8x4xf32>
  %0 = nn.conv2d %x, %w, %b stride [2, 1] pad [1, 2, 1, 2] dilation [1, 2] groups 2 then relu : (tensor<1x8x8x4xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x4x8x4xf32>
  // CHECK: nn.conv2d %{{.*}}, %{{.*}}, %{{.*}} pad [1, 1, 1, 1] groups 2 : (
  %1 = nn.conv2d %x, %w, %b stride [1, 1] pad [1, 1, 1, 1] groups 2 then none : (tensor<1x8x8x4xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: nn.fully_connected %{{.*}}, %{{.*}}, %{{.*}} then [-1.5, inf] : (tensor<2x6xf32>, tensor<4x6xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %2 = nn.fully_connected %f, %v, %b then [-1.5, inf] : (tensor<2x6xf32>, tensor<4x6xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  // CHECK: nn.matmul %{{.*}}, %{{.*}} : (tensor<2x4xf32>, tensor<4x6xf32>) -> tensor<2x6xf32>
  %3 = nn.matmul %2, %v : (tensor<2x4xf32>, tensor<4x6xf32>) -> tensor<2x6xf32>
  func.return %1 : tensor<1x8x8x4xf32>
}

// CHECK-LABEL: @elementwise
func.func @elementwise(%x: tensor<2x3xf32>, %y: tensor<3xf32>) -> tensor<2x3xf32> {
  // CHECK: nn.add %{{.*}}, %{{.*}} then relu6 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %0 = nn.add %x, %y then relu6 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.sub
  %1 = nn.sub %0, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.mul
  %2 = nn.mul %1, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.div
  %3 = nn.div %2, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.minimum
  %4 = nn.minimum %3, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.maximum
  %5 = nn.maximum %4, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.pow
  %6 = nn.pow %5, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.clamp %{{.*}} [-1.0, 1.0e-07] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = nn.clamp %6 [-1.0, 1.0e-07] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.abs %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = nn.abs %7 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.neg
  %9 = nn.neg %8 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.exp
  %10 = nn.exp %9 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.log
  %11 = nn.log %10 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.sqrt
  %12 = nn.sqrt %11 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.sigmoid
  %13 = nn.sigmoid %12 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.tanh
  %14 = nn.tanh %13 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.hard_swish
  %15 = nn.hard_swish %14 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.hard_sigmoid %{{.*}} alpha 2.000000e-01 beta 5.000000e-01 : (
  %16 = nn.hard_sigmoid %15 alpha 0.2 beta 0.5 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.leaky_relu %{{.*}} alpha 1.000000e-02 : (
  %17 = nn.leaky_relu %16 alpha 0.01 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  func.return %17 : tensor<2x3xf32>
}

// CHECK-LABEL: @pool
func.func @pool(%x: tensor<1x8x8x4xf32>) -> (tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>) {
  // CHECK: nn.max_pool2d %{{.*}} kernel [3, 3] stride [2, 2] pad [0, 0, 1, 1] : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  %0 = nn.max_pool2d %x kernel [3, 3] stride [2, 2] pad [0, 0, 1, 1] : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  // CHECK-NEXT: nn.avg_pool2d %{{.*}} kernel [3, 3] stride [2, 2] pad [0, 0, 1, 1] counting_pad : (
  %1 = nn.avg_pool2d %x kernel [3, 3] stride [2, 2] pad [0, 0, 1, 1] counting_pad : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  func.return %0, %1 : tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>
}

// CHECK-LABEL: @move
func.func @move(%x: tensor<2x3x4xf32>) -> tensor<1x2x4xf32> {
  // CHECK: nn.reshape %{{.*}} : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %0 = nn.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  // CHECK-NEXT: nn.transpose %{{.*}} by [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %1 = nn.transpose %x by [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  // CHECK-NEXT: nn.concat %{{.*}}, %{{.*}} axis 1 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x6x4xf32>
  %2 = nn.concat %x, %x axis 1 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x6x4xf32>
  // CHECK-NEXT: nn.pad %{{.*}} low [0, 0, 1] high [1, 0, 0] value -1.000000e+00 : (tensor<2x3x4xf32>) -> tensor<3x3x5xf32>
  %3 = nn.pad %x low [0, 0, 1] high [1, 0, 0] value -1.0 : (tensor<2x3x4xf32>) -> tensor<3x3x5xf32>
  // CHECK-NEXT: nn.slice %{{.*}} from [0, 2, 0] sizes [1, 2, 4] strides [1, -2, 1] : (tensor<2x3x4xf32>) -> tensor<1x2x4xf32>
  %4 = nn.slice %x from [0, 2, 0] sizes [1, 2, 4] strides [1, -2, 1] : (tensor<2x3x4xf32>) -> tensor<1x2x4xf32>
  func.return %4 : tensor<1x2x4xf32>
}

// CHECK-LABEL: @statistics
func.func @statistics(%x: tensor<1x2x2x3xf32>, %c: tensor<3xf32>) -> tensor<1x3xf32> {
  // CHECK: nn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} epsilon 1.000000e-05 : (
  %0 = nn.batch_norm %x, %c, %c, %c, %c epsilon 1.0e-05 : (tensor<1x2x2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  // CHECK-NEXT: nn.lrn %{{.*}} size 5 alpha 1.000000e-04 beta 7.500000e-01 bias 1.000000e+00 : (
  %1 = nn.lrn %0 size 5 alpha 1.0e-04 beta 0.75 bias 1.0 : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  // CHECK-NEXT: nn.lrn %{{.*}} size 4 before 2 alpha
  %before = nn.lrn %1 size 4 before 2 alpha 1.0e-04 beta 0.75 bias 1.0 : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  // CHECK-NEXT: nn.softmax %{{.*}} axis 3 : (
  %2 = nn.softmax %1 axis 3 : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  // CHECK-NEXT: nn.reduce_sum %{{.*}} axes [1] keep : (tensor<1x2x2x3xf32>) -> tensor<1x1x2x3xf32>
  %3 = nn.reduce_sum %2 axes [1] keep : (tensor<1x2x2x3xf32>) -> tensor<1x1x2x3xf32>
  // CHECK-NEXT: nn.reduce_max %{{.*}} axes [1] : (tensor<1x1x2x3xf32>) -> tensor<1x2x3xf32>
  %4 = nn.reduce_max %3 axes [1] : (tensor<1x1x2x3xf32>) -> tensor<1x2x3xf32>
  // CHECK-NEXT: nn.reduce_mean %{{.*}} axes [1] : (tensor<1x2x3xf32>) -> tensor<1x3xf32>
  %5 = nn.reduce_mean %4 axes [1] : (tensor<1x2x3xf32>) -> tensor<1x3xf32>
  func.return %5 : tensor<1x3xf32>
}

// CHECK-LABEL: @detection
func.func @detection(%boxes: tensor<1x9x4xf32>, %scores: tensor<1x9x3xf32>, %anchors: tensor<9x4xf32>) -> tensor<1x5x7xf32> {
  // CHECK: nn.detect %{{.*}}, %{{.*}} around %{{.*}} scale [1.000000e+01, 1.000000e+01, 5.000000e+00, 5.000000e+00] best 5 score 3.000000e-01 iou 6.000000e-01 : (
  %0 = nn.detect %boxes, %scores around %anchors scale [10.0, 10.0, 5.0, 5.0] best 5 score 0.3 iou 0.6 : (tensor<1x9x4xf32>, tensor<1x9x3xf32>, tensor<9x4xf32>) -> tensor<1x5x7xf32>
  // CHECK-NEXT: nn.detect {{.*}} best 5 per_class 2 score 3.000000e-01 iou 6.000000e-01 : (
  %1 = nn.detect %boxes, %scores around %anchors scale [10.0, 10.0, 5.0, 5.0] best 5 per_class 2 score 0.3 iou 0.6 : (tensor<1x9x4xf32>, tensor<1x9x3xf32>, tensor<9x4xf32>) -> tensor<1x5x7xf32>
  func.return %1 : tensor<1x5x7xf32>
}

// CHECK-LABEL: @foreign
func.func @foreign(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x6x6xf32> {
  // CHECK: nn.onnx "MaxPool"(%{{.*}}) because "dilations [2, 2]" node
  %0 = nn.onnx "MaxPool"(%x) because "dilations [2, 2]" node "CgF4EgF5IgdNYXhQb29sKhIKCWRpbGF0aW9uc0ACQAKgAQcqFQoMa2VybmVsX3NoYXBlQAJAAqABBw==" opsets {"ai.onnx" = 13 : i64} : (tensor<1x3x8x8xf32>) -> tensor<1x3x6x6xf32>
  // CHECK-NEXT: nn.onnx "Tan"(%{{.*}}) node
  %1 = nn.onnx "Tan"(%0) node "" opsets {"ai.onnx" = 13 : i64} : (tensor<1x3x6x6xf32>) -> tensor<1x3x6x6xf32>
  func.return %1 : tensor<1x3x6x6xf32>
}
