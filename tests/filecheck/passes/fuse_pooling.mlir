// RUN: aipu-opt %s --split-input-file -p group-operators,fuse-pooling | filecheck %s

!x = !quant.uniform<i8, 0.05:-3>

// Windows side by side: a tile of the pool needs one tile of the convolution.
// CHECK-LABEL: @side_by_side
// CHECK-NEXT:    %[[P:.*]] = tile.group "pool1"(%x) {
// CHECK:           nn.conv2d
// CHECK-NEXT:      %[[M:.*]] = nn.max_pool2d
// CHECK-NEXT:      tile.yield %[[M]]
// CHECK:         func.return %[[P]]
func.func @side_by_side(%x: tensor<1x4x4x2x!x>) -> tensor<1x2x2x2x!x> {
  %w = nn.weight "w" : tensor<2x1x1x2xi8>
  %b = nn.weight "b" : tensor<2xi32>
  %m = nn.weight "m" : tensor<2xi16>
  %s = nn.weight "s" : tensor<2xi8>
  %0 = nn.conv2d %x, %w, %b rescale %m, %s : (tensor<1x4x4x2x!x>, tensor<2x1x1x2xi8>, tensor<2xi32>, tensor<2xi16>, tensor<2xi8>) -> tensor<1x4x4x2x!x> loc("conv1")
  %1 = nn.max_pool2d %0 kernel [2, 2] stride [2, 2] : (tensor<1x4x4x2x!x>) -> tensor<1x2x2x2x!x> loc("pool1")
  func.return %1 : tensor<1x2x2x2x!x>
}

// -----

!x = !quant.uniform<i8, 0.05:-3>

// Windows that overlap need rows of two tiles.
// CHECK-LABEL: @overlapping
// CHECK:       tile.group "conv1"
// CHECK:       tile.group "pool1"
func.func @overlapping(%x: tensor<1x4x4x2x!x>) -> tensor<1x3x3x2x!x> {
  %w = nn.weight "w" : tensor<2x1x1x2xi8>
  %b = nn.weight "b" : tensor<2xi32>
  %m = nn.weight "m" : tensor<2xi16>
  %s = nn.weight "s" : tensor<2xi8>
  %0 = nn.conv2d %x, %w, %b rescale %m, %s : (tensor<1x4x4x2x!x>, tensor<2x1x1x2xi8>, tensor<2xi32>, tensor<2xi16>, tensor<2xi8>) -> tensor<1x4x4x2x!x> loc("conv1")
  %1 = nn.max_pool2d %0 kernel [2, 2] : (tensor<1x4x4x2x!x>) -> tensor<1x3x3x2x!x> loc("pool1")
  func.return %1 : tensor<1x3x3x2x!x>
}
