// RUN: aipu-opt %s -p fold-constants --random-weights 0 --check-numerics | filecheck %s

// CHECK-LABEL: @main
// CHECK:         %[[W:.*]] = nn.weight "w/transpose/add" : tensor<4x3xf32>
// CHECK-NEXT:    %[[Y:.*]] = nn.mul %{{.*}}, %[[W]]
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %w = nn.weight "w" : tensor<3x4xf32>
  %v = nn.weight "v" : tensor<3xf32>
  %0 = nn.transpose %w by [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
  %1 = nn.add %0, %v : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  %2 = nn.mul %x, %1 : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  func.return %2 : tensor<4x3xf32>
}
