// RUN: aipu-opt %s --random-weights 0 -p split-concats --check-numerics --split-input-file | filecheck %s

// Each part of a concat is multiplied with its own columns; the bias goes with one.

// CHECK-LABEL: @main
// CHECK:         %[[A:.*]] = nn.fully_connected %[[X:.*]], %{{.*}}, %{{.*}} : (tensor<2x3xf32>, tensor<5x3xf32>, tensor<5xf32>)
// CHECK:         %[[B:.*]] = nn.fully_connected %[[Y:.*]], %{{.*}}, %{{.*}} : (tensor<2x4xf32>, tensor<5x4xf32>, tensor<5xf32>)
// CHECK-NEXT:    %[[S:.*]] = nn.add %[[A]], %[[B]] then relu
// CHECK-NEXT:    func.return %[[S]]
func.func @main(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) -> tensor<2x5xf32> {
  %w = nn.weight "w" : tensor<5x7xf32>
  %b = nn.weight "b" : tensor<5xf32>
  %c = nn.concat %x, %y axis 1 : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
  %0 = nn.fully_connected %c, %w, %b then relu : (tensor<2x7xf32>, tensor<5x7xf32>, tensor<5xf32>) -> tensor<2x5xf32>
  func.return %0 : tensor<2x5xf32>
}

// -----

// Of a constant part only its product remains, in the bias.

// CHECK-LABEL: @main
// CHECK:         %[[A:.*]] = nn.fully_connected %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x3xf32>, tensor<5x3xf32>, tensor<5xf32>)
// CHECK-NEXT:    func.return %[[A]]
func.func @main(%x: tensor<1x3xf32>) -> tensor<1x5xf32> {
  %w = nn.weight "w" : tensor<5x7xf32>
  %b = nn.weight "b" : tensor<5xf32>
  %z = nn.weight "z" : tensor<1x4xf32>
  %c = nn.concat %x, %z axis 1 : (tensor<1x3xf32>, tensor<1x4xf32>) -> tensor<1x7xf32>
  %0 = nn.fully_connected %c, %w, %b : (tensor<1x7xf32>, tensor<5x7xf32>, tensor<5xf32>) -> tensor<1x5xf32>
  func.return %0 : tensor<1x5xf32>
}

// -----

// Rows one after another are one feature map, and stay so.

// CHECK-LABEL: @main
// CHECK:         nn.concat
// CHECK:         nn.fully_connected
func.func @main(%x: tensor<1x3xf32>, %y: tensor<2x3xf32>) -> tensor<3x5xf32> {
  %w = nn.weight "narrow" : tensor<5x3xf32>
  %b = nn.weight "b" : tensor<5xf32>
  %c = nn.concat %x, %y axis 0 : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
  %0 = nn.fully_connected %c, %w, %b : (tensor<3x3xf32>, tensor<5x3xf32>, tensor<5xf32>) -> tensor<3x5xf32>
  func.return %0 : tensor<3x5xf32>
}
