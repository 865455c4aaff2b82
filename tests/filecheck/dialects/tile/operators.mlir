// RUN: aipu-opt %s | aipu-opt - | filecheck %s
// RUN: aipu-opt %s --print-op-generic | aipu-opt - | filecheck %s

!x = !quant.uniform<i8, 0.05:-3>

// CHECK-LABEL: @main
func.func @main(%x: tensor<4x!x>, %y: tensor<4x!x>) -> tensor<4x!x> {
  // CHECK-NEXT: %[[SUM:.*]] = tile.group "add 1"(%x, %y) schedule order [image, row] tile [4, 2, 1, 1] os slots 2 {
  // CHECK-NEXT: ^bb0(%[[LHS:.*]]: tensor<4x!quant.uniform<i8, 0.05:-3>>, %[[RHS:.*]]: tensor<4x!quant.uniform<i8, 0.05:-3>>):
  %0 = tile.group "add 1"(%x, %y) schedule order [image, row] tile [4, 2, 1, 1] os slots 2 {
  ^bb0(%1: tensor<4x!x>, %2: tensor<4x!x>):
    // CHECK-NEXT: %[[A:.*]] = nn.add %[[LHS]], %[[RHS]] rescale [1, 1, 1] >> 1
    %3 = nn.add %1, %2 rescale [1, 1, 1] >> 1 : (tensor<4x!x>, tensor<4x!x>) -> tensor<4x!x>
    // CHECK-NEXT: tile.yield %[[A]] : tensor<4x!quant.uniform<i8, 0.05:-3>>
    tile.yield %3 : tensor<4x!x>
  } : (tensor<4x!x>, tensor<4x!x>) -> tensor<4x!x>
  // CHECK: tile.group "without a schedule"(%[[SUM]]) {
  %4 = tile.group "without a schedule"(%0) {
  ^bb0(%5: tensor<4x!x>):
    %6 = nn.add %5, %5 rescale [1, 1, 1] >> 0 : (tensor<4x!x>, tensor<4x!x>) -> tensor<4x!x>
    tile.yield %6 : tensor<4x!x>
  } : (tensor<4x!x>) -> tensor<4x!x>
  func.return %4 : tensor<4x!x>
}
