// RUN: aipu-opt %s | aipu-opt - | filecheck %s
// RUN: aipu-opt %s --print-op-generic | aipu-opt - | filecheck %s

// The same operators on integers, with what brings sums back into eight bits.

!x = !quant.uniform<i8, 0.05:-3>

// CHECK-LABEL: @main
func.func @main(%x: tensor<1x8x8x4xf32>) -> tensor<1x4xf32> {
  // CHECK: nn.quantise %{{.*}} : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4x!quant.uniform<i8, 0.05:-3>>
  %0 = nn.quantise %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4x!x>
  %w = nn.weight "w" : tensor<4x1x1x4xi8>
  %b = nn.weight "b" : tensor<4xi32>
  %m = nn.weight "m" : tensor<4xi32>
  // CHECK: nn.conv2d %{{.*}}, %{{.*}}, %{{.*}} rescale %{{.*}}, %{{.*}} then relu : (
  %1 = nn.conv2d %0, %w, %b rescale %m, %m then relu : (tensor<1x8x8x4x!x>, tensor<4x1x1x4xi8>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>) -> tensor<1x8x8x4x!x>
  // CHECK-NEXT: nn.add %{{.*}}, %{{.*}} rescale [23170, 16384, 1] >> 15 then [0.0, 2.5] : (
  %2 = nn.add %1, %0 rescale [23170, 16384, 1] >> 15 then [0.0, 2.5] : (tensor<1x8x8x4x!x>, tensor<1x8x8x4x!x>) -> tensor<1x8x8x4x!x>
  // CHECK-NEXT: nn.requantise %{{.*}} rescale [32767] >> 31 : (
  %3 = nn.requantise %2 rescale [32767] >> 31 : (tensor<1x8x8x4x!x>) -> tensor<1x8x8x4x!quant.uniform<i8, 1.0:127>>
  %t = nn.weight "t" : tensor<256xi8>
  // CHECK: nn.lookup %{{.*}}, %{{.*}} : (
  %4 = nn.lookup %3, %t : (tensor<1x8x8x4x!quant.uniform<i8, 1.0:127>>, tensor<256xi8>) -> tensor<1x8x8x4x!x>
  // CHECK-NEXT: nn.avg_pool2d %{{.*}} kernel [8, 8] around -128 rescale [16777217] >> 30 : (
  %5 = nn.avg_pool2d %4 kernel [8, 8] around -128 rescale [16777217] >> 30 : (tensor<1x8x8x4x!x>) -> tensor<1x1x1x4x!x>
  // CHECK-NEXT: nn.reshape %{{.*}} : (tensor<1x1x1x4x!quant.uniform<i8, 0.05:-3>>) -> tensor<1x4x!quant.uniform<i8, 0.05:-3>>
  %6 = nn.reshape %5 : (tensor<1x1x1x4x!x>) -> tensor<1x4x!x>
  // CHECK-NEXT: nn.dequantise %{{.*}} : (tensor<1x4x!quant.uniform<i8, 0.05:-3>>) -> tensor<1x4xf32>
  %7 = nn.dequantise %6 : (tensor<1x4x!x>) -> tensor<1x4xf32>
  func.return %7 : tensor<1x4xf32>
}
