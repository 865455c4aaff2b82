// RUN: aipu-opt %s -p lower-to-aipu | filecheck %s

!x = !quant.uniform<i8, 0.05:-3>

// A function becomes an entry, a group a launch, its schedule loops and tiles. The loads
// of the next turn wait for a free slot, the sum for full ones.
// CHECK:      func.func @main(tensor<2x4x4x!quant.uniform<i8, 0.05:-3>>) -> tensor<2x4x4x!quant.uniform<i8, 0.05:-3>>
// CHECK-NEXT: aipu.program target "r329" tokens [ifm.free, ifm.full, residual.free, residual.full, ofm.free, ofm.full] {
// CHECK-NEXT:   aipu.network inputs ["input 0"] outputs ["output 0"] {
// CHECK-NEXT:     aipu.tensor "input 0" layout [0, 1, 2] : tensor<2x4x4x!quant.uniform<i8, 0.05:-3>>
// CHECK-NEXT:     aipu.tensor "output 0" layout [0, 1, 2] : tensor<2x4x4x!quant.uniform<i8, 0.05:-3>>
// CHECK-NEXT:     aipu.segment "main" inputs ["input 0"] outputs ["output 0"]
// CHECK-NEXT:   }
// CHECK-NEXT:   %[[X:.*]] = aipu.buffer "main/input0" at 0 bytes 32 : !aipu.buffer<dram>
// CHECK-NEXT:   %[[Y:.*]] = aipu.buffer "add1" at 64 bytes 32 : !aipu.buffer<dram>
// CHECK-NEXT:   %[[LHS:.*]] = aipu.buffer "add1/ifm" at 0 bytes 16 slots 2 : !aipu.buffer<sram>
// CHECK-NEXT:   %[[RHS:.*]] = aipu.buffer "add1/residual" at 64 bytes 16 slots 2 : !aipu.buffer<sram>
// CHECK-NEXT:   %[[OFM:.*]] = aipu.buffer "add1/ofm" at 128 bytes 16 slots 2 : !aipu.buffer<sram>
// CHECK-NEXT:   aipu.entry "main" inputs ["main/input0"] outputs [add1] {
// CHECK-NEXT:     aipu.launch "add1" credits [2, 0, 2, 0, 2]
// CHECK-NEXT:     aipu.loop "row" times 2 {
// CHECK-NEXT:       aipu.dma.load %[[LHS]] slot d0, %[[X]] {{.*}} origin [0, 16*d0, 0, 0] box [1, 16, 1, 1] wait [ifm.free] signal [ifm.full]
// CHECK-NEXT:       aipu.dma.load %[[RHS]] slot d0, %[[X]] {{.*}} wait [residual.free] signal [residual.full]
// CHECK-NEXT:       aipu.vector.add %[[LHS]] slot d0, %[[RHS]] slot d0 -> %[[OFM]] slot d0 elements 16 of 32 at 16*d0 rescale [1, 1, 1] shift 1 zero_points [-3, -3, -3] clamp -3 to 127 wait [ifm.full, residual.full, ofm.free] signal [ifm.free, residual.free, ofm.full]
// CHECK-NEXT:       aipu.dma.store %[[OFM]] slot d0, %[[Y]] {{.*}} wait [ofm.full] signal [ofm.free]
func.func @main(%x: tensor<2x4x4x!x>) -> tensor<2x4x4x!x> {
  %0 = tile.group "add1"(%x) schedule order [row] tile [16, 1, 1, 1] ws slots 2 {
  ^bb0(%1: tensor<2x4x4x!x>):
    %2 = nn.add %1, %1 rescale [1, 1, 1] >> 1 then relu : (tensor<2x4x4x!x>, tensor<2x4x4x!x>) -> tensor<2x4x4x!x> loc("add1")
    tile.yield %2 : tensor<2x4x4x!x>
  } : (tensor<2x4x4x!x>) -> tensor<2x4x4x!x>
  func.return %0 : tensor<2x4x4x!x>
}
