// RUN: aipu-opt %s -p fuse-prelu --random-weights 0 --check-numerics --split-input-file --print-debuginfo | filecheck %s

// The product before a prelu or a leaky relu takes its slopes, whichever product it is.

// CHECK-LABEL: @main
// CHECK:         %[[C:.*]] = nn.conv2d %x, %{{.*}}, %{{.*}} rescale %[[S:.*]] pad [1, 1, 1, 1] : {{.*}} loc("conv")
// CHECK:         %[[D:.*]] = nn.conv2d %[[C]], %{{.*}}, %{{.*}} rescale %{{.*}} groups 3
// CHECK-NEXT:    %[[R:.*]] = nn.reshape %[[D]]
// CHECK:         %[[F:.*]] = nn.fully_connected %[[R]], %{{.*}}, %{{.*}} rescale %{{.*}}
// CHECK-NEXT:    func.return %[[F]]
func.func @main(%x: tensor<1x2x2x3xf32>) -> tensor<1x4xf32> {
  %w = nn.weight "w" : tensor<3x3x3x3xf32>
  %b = nn.weight "b" : tensor<3xf32>
  %d = nn.weight "d" : tensor<3x1x1x1xf32>
  %f = nn.weight "f" : tensor<4x12xf32>
  %g = nn.weight "g" : tensor<4xf32>
  %slope = nn.weight "slope" : tensor<3xf32>
  %slopes = nn.weight "slopes" : tensor<1x4xf32>
  %0 = nn.conv2d %x, %w, %b pad [1, 1, 1, 1] : (tensor<1x2x2x3xf32>, tensor<3x3x3x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32> loc("conv")
  %1 = nn.prelu %0, %slope : (tensor<1x2x2x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32> loc("prelu")
  %2 = nn.conv2d %1, %d, %b groups 3 : (tensor<1x2x2x3xf32>, tensor<3x1x1x1xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  %3 = nn.leaky_relu %2 alpha 0.1 : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  %4 = nn.reshape %3 : (tensor<1x2x2x3xf32>) -> tensor<1x12xf32>
  %5 = nn.fully_connected %4, %f, %g : (tensor<1x12xf32>, tensor<4x12xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %6 = nn.prelu %5, %slopes : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %6 : tensor<1x4xf32>
}

// -----

// Where others read the product, or there is none, a prelu is a product by 1. A leaky
// relu is a table there.

// CHECK-LABEL: @main
// CHECK:         %[[C:.*]] = nn.conv2d %x, %{{[a-z]}}, %{{[a-z]}} :
// CHECK:         %[[M:.*]] = nn.reshape %[[C]]
// CHECK-NEXT:    %[[D:.*]] = nn.conv2d %[[M]], %{{.*}}, %{{.*}} rescale %{{.*}} groups 3
// CHECK-NEXT:    %[[P:.*]] = nn.reshape %[[D]]
// CHECK-NEXT:    %[[A:.*]] = nn.add %[[P]], %[[C]]
// CHECK-NEXT:    nn.leaky_relu %[[A]]
func.func @main(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %w = nn.weight "w1" : tensor<3x1x1x3xf32>
  %b = nn.weight "b" : tensor<3xf32>
  %slope = nn.weight "slope1" : tensor<3xf32>
  %0 = nn.conv2d %x, %w, %b : (tensor<1x2x2x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  %1 = nn.prelu %0, %slope : (tensor<1x2x2x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  %2 = nn.add %1, %0 : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  %3 = nn.leaky_relu %2 alpha 0.1 : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  func.return %3 : tensor<1x2x2x3xf32>
}

// -----

// What a model has integers of its own for keeps its place.

// CHECK-LABEL: @main
// CHECK:         nn.conv2d {{.*}} {pinned
// CHECK-NEXT:    nn.leaky_relu
func.func @main(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %w = nn.weight "w2" : tensor<3x1x1x3xf32>
  %b = nn.weight "b" : tensor<3xf32>
  %0 = nn.conv2d %x, %w, %b {pinned = !quant.uniform<i8, 0.1:0>} : (tensor<1x2x2x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  %1 = nn.leaky_relu %0 alpha 0.1 : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  func.return %1 : tensor<1x2x2x3xf32>
}

// -----

// With other slopes than one a channel it is the positive part, and the negative one
// times the slope.

// CHECK-LABEL: @main
// CHECK:         %[[P:.*]] = nn.clamp %[[X:.*]] relu
// CHECK-NEXT:    %[[N:.*]] = nn.clamp %[[X]] [-inf, 0.0]
// CHECK-NEXT:    %[[S:.*]] = nn.mul %[[N]], %{{.*}}
// CHECK-NEXT:    %[[Y:.*]] = nn.add %[[P]], %[[S]]
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %slope = nn.weight "slope3" : tensor<2x3xf32>
  %0 = nn.prelu %x, %slope : (tensor<1x2x2x3xf32>, tensor<2x3xf32>) -> tensor<1x2x2x3xf32>
  func.return %0 : tensor<1x2x2x3xf32>
}
