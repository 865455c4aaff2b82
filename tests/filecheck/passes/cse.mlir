// RUN: aipu-opt %s -p cse --split-input-file | filecheck %s

// What is computed twice is computed once; so is what depends on it.

// CHECK-LABEL: @twice
// CHECK-NEXT:    %[[E:.*]] = nn.exp %{{.*}} :
// CHECK-NEXT:    %[[N:.*]] = nn.neg %[[E]] :
// CHECK-NEXT:    nn.add %[[N]], %[[N]] :
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.neg %1 : (tensor<4xf32>) -> tensor<4xf32>
  %4 = nn.add %2, %3 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  func.return %4 : tensor<4xf32>
}

// -----

// A weight is read once.

// CHECK-LABEL: @weights
// CHECK-COUNT-1: nn.weight
// CHECK-NOT:     nn.weight
// CHECK:         func.return
func.func @weights(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.weight "w" : tensor<4xf32>
  %1 = nn.weight "w" : tensor<4xf32>
  %2 = nn.add %x, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.mul %2, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  func.return %3 : tensor<4xf32>
}

// -----

// Operators that differ in anything stay.

// CHECK-LABEL: @unlike
// CHECK:         nn.clamp %{{.*}} relu :
// CHECK-NEXT:    nn.clamp %{{.*}} relu6 :
func.func @unlike(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.clamp %x relu : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.clamp %x relu6 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  func.return %2 : tensor<4xf32>
}
