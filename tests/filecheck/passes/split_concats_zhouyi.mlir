// RUN: aipu-opt %s --random-weights 0 -p 'split-concats{arithmetic=zhouyi}' | filecheck %s

// Arm-China's tool quantises what stands in the model.
// CHECK:      nn.concat
// CHECK-NEXT: nn.fully_connected
func.func @main(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) -> tensor<2x5xf32> {
  %w = nn.weight "w" : tensor<5x7xf32>
  %b = nn.weight "b" : tensor<5xf32>
  %c = nn.concat %x, %y axis 1 : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
  %0 = nn.fully_connected %c, %w, %b : (tensor<2x7xf32>, tensor<5x7xf32>, tensor<5xf32>) -> tensor<2x5xf32>
  func.return %0 : tensor<2x5xf32>
}
