// RUN: aipu-opt %s -p decompose-batch-norm --random-weights 0 --check-numerics --split-input-file --print-debuginfo | filecheck %s

// CHECK-LABEL: @main
// CHECK:         %[[SCALE:.*]] = nn.weight "gain/scale" : tensor<3xf32> loc("bn1")
// CHECK-NEXT:    %[[SHIFT:.*]] = nn.weight "offset/shift" : tensor<3xf32> loc("bn1")
// CHECK-NEXT:    %[[SCALED:.*]] = nn.mul %{{.*}}, %[[SCALE]] : {{.*}} loc("bn1")
// CHECK-NEXT:    %[[Y:.*]] = nn.add %[[SCALED]], %[[SHIFT]] : {{.*}} loc("bn1")
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %gain = nn.weight "gain" : tensor<3xf32>
  %offset = nn.weight "offset" : tensor<3xf32>
  %mean = nn.weight "mean" : tensor<3xf32>
  %variance = nn.weight "variance" : tensor<3xf32>
  %0 = nn.batch_norm %x, %gain, %offset, %mean, %variance epsilon 1.0e-05 : (tensor<1x2x2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32> loc("bn1")
  func.return %0 : tensor<1x2x2x3xf32>
}

// -----

// One whose statistics are computed stays.

// CHECK-LABEL: @main
// CHECK:         nn.batch_norm
func.func @main(%x: tensor<1x2x2x3xf32>, %mean: tensor<3xf32>) -> tensor<1x2x2x3xf32> {
  %one = nn.weight "gain" : tensor<3xf32>
  %0 = nn.batch_norm %x, %one, %one, %mean, %one epsilon 1.0e-05 : (tensor<1x2x2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  func.return %0 : tensor<1x2x2x3xf32>
}
