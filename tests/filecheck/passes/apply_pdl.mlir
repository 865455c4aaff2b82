// RUN: aipu-opt %s -p apply-pdl{file=%S/apply_pdl.pdl} --split-input-file --print-debuginfo | filecheck %s

// A pattern of the file takes operators away; what is left has the names it had.

// CHECK-LABEL: @two_negations
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<4xf32>
// CHECK-NEXT:    func.return %[[X]]
func.func @two_negations(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.neg %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}

// -----

// Another makes one, which comes from the node that it stands for.

// CHECK-LABEL: @sum_with_itself
// CHECK-NEXT:    %[[A:.*]] = nn.abs %{{.*}} loc("sum")
// CHECK-NEXT:    func.return %[[A]]
func.func @sum_with_itself(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("sum")
  func.return %0 : tensor<4xf32>
}
