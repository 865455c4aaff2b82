// RUN: aipu-opt %s -p decompose-prelu --random-weights 0 --check-numerics --split-input-file | filecheck %s

// CHECK-LABEL: @main
// CHECK:         %[[P:.*]] = nn.clamp %[[X:.*]] relu
// CHECK-NEXT:    %[[N:.*]] = nn.clamp %[[X]] [-inf, 0.0]
// CHECK-NEXT:    %[[S:.*]] = nn.mul %[[N]], %{{.*}}
// CHECK-NEXT:    %[[Y:.*]] = nn.add %[[P]], %[[S]]
// CHECK-NEXT:    func.return %[[Y]]
func.func @main(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %slope = nn.weight "slope" : tensor<3xf32>
  %0 = nn.prelu %x, %slope : (tensor<1x2x2x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  func.return %0 : tensor<1x2x2x3xf32>
}
