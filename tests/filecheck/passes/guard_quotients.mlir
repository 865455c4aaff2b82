// RUN: aipu-opt %s -p guard-quotients --split-input-file | filecheck %s

!x = !quant.uniform<i8, 0.5:0>

// What an integer 0 stands for is half a step at most: that divides in its place.

// CHECK-LABEL: @main
// CHECK:         %[[B:.*]] = nn.dequantise %b
// CHECK:         %[[Z:.*]] = nn.equal %[[B]], %{{.*}} {place = "host", reason = "it keeps a quotient finite"}
// CHECK-NEXT:    %[[D:.*]] = nn.select %[[Z]], %{{.*}}, %[[B]] {place = "host"
// CHECK-NEXT:    nn.div %a, %[[D]]
func.func @main(%a: tensor<4xf32>, %b: tensor<4x!x>) -> tensor<4xf32> {
  %0 = nn.dequantise %b : (tensor<4x!x>) -> tensor<4xf32>
  %1 = nn.div %a, %0 {place = "host"} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}

// -----

// What does not come from integers is as the model has it.

// CHECK-LABEL: @main
// CHECK-NEXT:    nn.div %a, %b
func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.div %a, %b {place = "host"} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}
