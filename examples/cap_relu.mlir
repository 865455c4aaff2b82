// RUN: aipu-opt %s --load %S/cap_relu.py -p cap-relu{limit=6} | filecheck %s

// CHECK-LABEL: @a_relu_is_capped
// CHECK:         nn.clamp %{{.*}} relu6
func.func @a_relu_is_capped(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.clamp %x relu : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// CHECK-LABEL: @a_lower_limit_stays
// CHECK:         nn.clamp %{{.*}} [0.0, 1.0]
func.func @a_lower_limit_stays(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.clamp %x [0.0, 1.0] : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}
