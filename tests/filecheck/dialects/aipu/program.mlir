// RUN: aipu-opt %s | aipu-opt - | filecheck %s
// RUN: aipu-opt %s --print-op-generic | aipu-opt - | filecheck %s

// Every instruction is printed as it is written here, and read back from it.

// CHECK-LABEL: aipu.program target "r329" tokens [ifm.free, ifm.full, "odd name"]
aipu.program target "r329" tokens [ifm.free, ifm.full, "odd name"] {
  // CHECK: %[[IMAGE:.*]] = aipu.buffer "image" at 256 bytes 1024 : !aipu.buffer<dram>
  %image = aipu.buffer "image" at 256 bytes 1024 : !aipu.buffer<dram>
  %weight = aipu.buffer "conv1.weight" at 0 bytes 4608 : !aipu.buffer<weights>
  // CHECK: %[[TILE:.*]] = aipu.buffer "conv1.ifm" at 0 bytes 1920 slots 2 : !aipu.buffer<sram>
  %ifm = aipu.buffer "conv1.ifm" at 0 bytes 1920 slots 2 : !aipu.buffer<sram>
  %kernel = aipu.buffer "conv1.kernel" at 3840 bytes 4608 slots 1 : !aipu.buffer<sram>
  %parameters = aipu.buffer "conv1.parameters" at 8448 bytes 256 : !aipu.buffer<sram>
  %ofm = aipu.buffer "conv1.ofm" at 8704 bytes 1024 slots 2 : !aipu.buffer<sram>

  // CHECK: aipu.entry "segment 1" inputs [image] outputs [] {
  aipu.entry "segment 1" inputs [image] outputs [] {
    // CHECK-NEXT: aipu.launch "conv1" credits [2, 0, 1]
    aipu.launch "conv1" credits [2, 0, 1]
    // CHECK-NEXT: aipu.loop "row" times 2 {
    aipu.loop "row" times 2 {
      // CHECK-NEXT: aipu.dma.load %[[TILE]] slot d0, %[[IMAGE]] shape [1, 8, 8, 16] strides [1024, 128, 16, 1] origin [0, -1 + 4*d0, -1, 0] box [1, 6, 10, 16] fill -3 wait [ifm.free] signal [ifm.full, "odd name"] : !aipu.buffer<dram>
      aipu.dma.load %ifm slot d0, %image shape [1, 8, 8, 16] strides [1024, 128, 16, 1] origin [0, 4*d0 + -1, -1, 0] box [1, 6, 10, 16] fill -3 wait [ifm.free] signal [ifm.full, "odd name"] : !aipu.buffer<dram>
      // CHECK-NEXT: aipu.loop "channel" times 2 {
      aipu.loop "channel" times 2 {
        // CHECK-NEXT: aipu.dma.load %{{.*}}, %{{.*}} byte 2304*d1 shape [1, 1, 1, 2304] strides [2304, 2304, 2304, 1] origin [0, 0, 0, 0] box [1, 1, 1, 2304] : !aipu.buffer<weights>
        aipu.dma.load %kernel, %weight byte 2304*d1 shape [1, 1, 1, 2304] strides [2304, 2304, 2304, 1] origin [0, 0, 0, 0] box [1, 1, 1, 2304] fill 0 : !aipu.buffer<weights>
        // CHECK-NEXT: aipu.mac.conv %[[TILE]] slot d0, %{{.*}}, %{{.*}} byte 128*d1 -> %{{.*}} slot d0 + d1 ifm columns 10 pitch 16 rows 4 of 8 at 4*d0 columns 8 channels 16 of 32 at 16*d1 depth 16 kernel [3, 3] stride [1, 1] dilation [1, 1] zero_point -5 clamp -5 to 127 ws wait [ifm.full] signal [ifm.free]
        aipu.mac.conv %ifm slot d0, %kernel, %parameters byte 128*d1 -> %ofm slot d0 + d1 ifm columns 10 pitch 16 rows 4 of 8 at 4*d0 columns 8 channels 16 of 32 at 16*d1 depth 16 kernel [3, 3] stride [1, 1] dilation [1, 1] zero_point -5 clamp -5 to 127 ws wait [ifm.full] signal [ifm.free]
        // CHECK-NEXT: aipu.mac.depthwise %[[TILE]], %{{.*}}, %{{.*}} -> %{{.*}} ifm columns 10 pitch 16 rows 4 columns 8 channels 16 kernel [3, 3] stride [2, 2] dilation [1, 1] zero_point 0 clamp -128 to 127
        aipu.mac.depthwise %ifm, %kernel, %parameters -> %ofm ifm columns 10 pitch 16 rows 4 columns 8 channels 16 kernel [3, 3] stride [2, 2] dilation [1, 1] zero_point 0 clamp -128 to 127
      }
    }
    // CHECK: aipu.sync vector wait [ifm.full] signal [ifm.free]
    aipu.sync vector wait [ifm.full] signal [ifm.free]
    // CHECK-NEXT: aipu.sync mac
    aipu.sync mac
    // CHECK-NEXT: aipu.vector.add %[[TILE]], %[[TILE]] slot 1 -> %{{.*}} elements 512 of 1000 at 0 rescale [16384, 20000, -12000] shift 29 zero_points [0, -128, 2] clamp -128 to 127
    aipu.vector.add %ifm, %ifm slot 1 -> %ofm elements 512 of 1000 at 0 rescale [16384, 20000, -12000] shift 29 zero_points [0, -128, 2] clamp -128 to 127
    // CHECK-NEXT: aipu.vector.requantise %[[TILE]] -> %{{.*}} elements 512 rescale 24576 shift 15 zero_points [2, -7] clamp -128 to 127
    aipu.vector.requantise %ifm -> %ofm elements 512 rescale 24576 shift 15 zero_points [2, -7] clamp -128 to 127
    // CHECK-NEXT: aipu.vector.requantise %[[TILE]] pitches [128, 32] -> %{{.*}} byte 32 pitches [640, 64] rows 4 of 7 at 0 columns 4 elements 32 rescale 24576 shift 15 zero_points [2, -7] clamp -128 to 127
    aipu.vector.requantise %ifm pitches [128, 32] -> %ofm byte 32 pitches [640, 64] rows 4 of 7 at 0 columns 4 elements 32 rescale 24576 shift 15 zero_points [2, -7] clamp -128 to 127
    // CHECK-NEXT: aipu.vector.add %[[TILE]], %[[TILE]] pitches [8, 0] -> %{{.*}} pitches [16, 8] rows 2 columns 2 elements 8 rescale [16384, 20000, -12000] shift 29 zero_points [0, -128, 2] clamp -128 to 127
    aipu.vector.add %ifm pitches [0, 0], %ifm pitches [8, 0] -> %ofm pitches [16, 8] rows 2 columns 2 elements 8 rescale [16384, 20000, -12000] shift 29 zero_points [0, -128, 2] clamp -128 to 127
    // CHECK-NEXT: aipu.vector.lookup %[[TILE]], %{{.*}} -> %{{.*}} elements 512
    aipu.vector.lookup %ifm, %parameters -> %ofm elements 512
    // CHECK-NEXT: aipu.vector.permute %[[TILE]] -> %{{.*}} box [1, 4, 4, 32] strides [512, 32, 128, 1]
    aipu.vector.permute %ifm -> %ofm box [1, 4, 4, 32] strides [512, 32, 128, 1]
    // CHECK-NEXT: aipu.vector.max_pool %[[TILE]] -> %{{.*}} ifm columns 8 rows 4 columns 4 channels 32 kernel [2, 2] stride [2, 2]
    aipu.vector.max_pool %ifm -> %ofm ifm columns 8 rows 4 columns 4 channels 32 kernel [2, 2] stride [2, 2]
    // CHECK-NEXT: aipu.vector.max_pool %[[TILE]] -> %{{.*}} byte 64 ofm_columns 6 ofm_pitch 64 ifm columns 8 pitch 48 rows 4 columns 4 channels 32 kernel [2, 2] stride [2, 2]
    aipu.vector.max_pool %ifm -> %ofm byte 64 ofm_columns 6 ofm_pitch 64 ifm columns 8 pitch 48 rows 4 columns 4 channels 32 kernel [2, 2] stride [2, 2]
    // CHECK-NEXT: aipu.mac.conv %[[TILE]], %{{.*}}, %{{.*}} -> %{{.*}} byte 64 ofm_columns 6 ofm_pitch 64 ifm columns 10 pitch 16 rows 4 columns 4 channels 16 depth 16 kernel [3, 3] stride [1, 1] dilation [1, 1] zero_point -5 clamp -5 to 127 ws
    aipu.mac.conv %ifm, %kernel, %parameters -> %ofm byte 64 ofm_columns 6 ofm_pitch 64 ifm columns 10 pitch 16 rows 4 columns 4 channels 16 depth 16 kernel [3, 3] stride [1, 1] dilation [1, 1] zero_point -5 clamp -5 to 127 ws
    // CHECK-NEXT: aipu.vector.avg_pool %[[TILE]], %{{.*}} -> %{{.*}} ifm columns 4 rows 1 columns 1 channels 32 kernel [4, 4] stride [1, 1] counts 1 inside [4, 4] corner 0, 0 zero_points [-7, -7] clamp -128 to 127
    aipu.vector.avg_pool %ifm, %parameters -> %ofm ifm columns 4 rows 1 columns 1 channels 32 kernel [4, 4] stride [1, 1] counts 1 inside [4, 4] corner 0, 0 zero_points [-7, -7] clamp -128 to 127
    // CHECK-NEXT: aipu.dma.store %{{.*}}, %[[IMAGE]] shape [1, 8, 8, 16] strides [1024, 128, 16, 1] origin [0, 0, 0, 0] box [1, 4, 8, 16] signal [ifm.free] : !aipu.buffer<dram>
    aipu.dma.store %ofm, %image shape [1, 8, 8, 16] strides [1024, 128, 16, 1] origin [0, 0, 0, 0] box [1, 4, 8, 16] signal [ifm.free] : !aipu.buffer<dram>
  }
}
