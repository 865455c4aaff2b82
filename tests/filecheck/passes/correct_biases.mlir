// RUN: aipu-opt %s --random-weights 0 -p place-operators,calibrate,correct-biases | filecheck %s

// Each convolution of the machine gets a bias of its own, a shared one too.
// CHECK: %[[X:.*]] = nn.transpose {{.*}} mean = "{{.*}}/mean"}
// CHECK: %[[B0:.*]] = nn.weight "b/corrected" : tensor<3xf32>
// CHECK: %[[C:.*]] = nn.conv2d %[[X]], %{{.*}}, %[[B0]]
// CHECK: %[[B1:.*]] = nn.weight "b/corrected.2" : tensor<3xf32>
// CHECK: nn.conv2d %[[C]], %{{.*}}, %[[B1]]
func.func @main(%x: tensor<1x3x4x4xf32>) -> tensor<1x4x4x3xf32> {
  %0 = nn.transpose %x by [0, 2, 3, 1] : (tensor<1x3x4x4xf32>) -> tensor<1x4x4x3xf32>
  %w0 = nn.weight "w0" : tensor<3x1x1x3xf32>
  %w1 = nn.weight "w1" : tensor<3x1x1x3xf32>
  %b = nn.weight "b" : tensor<3xf32>
  %1 = nn.conv2d %0, %w0, %b : (tensor<1x4x4x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  %2 = nn.conv2d %1, %w1, %b : (tensor<1x4x4x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  func.return %2 : tensor<1x4x4x3xf32>
}
