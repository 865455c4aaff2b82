; A small network, written by hand: it uses every instruction once or more. The manual
; of the instructions (isa.md) takes its examples from here.

.target r329
.tokens weight.full, ifm.free, ifm.full, ofm.free, ofm.full

.buffer image                dram    at 0x0000 bytes 1024           ; 8 x 8 x 16
.buffer conv1                dram    at 0x0400 bytes 2048           ; 8 x 8 x 32
.buffer conv2                dram    at 0x0c00 bytes 2048           ; 8 x 8 x 32
.buffer features             dram    at 0x1400 bytes 32
.buffer leaky                dram    at 0x1440 bytes 1152           ; 6 x 6 x 32

.buffer conv1.weight         weights at 0x0000 bytes 4608           ; 32 x 3 x 3 x 16
.buffer conv1.parameters     weights at 0x1200 bytes 256            ; 32 x 8
.buffer conv2.weight         weights at 0x1300 bytes 288            ; 32 x 3 x 3
.buffer conv2.parameters     weights at 0x1420 bytes 256
.buffer leaky.weight         weights at 0x1840 bytes 1024           ; 32 x 32
.buffer leaky.parameters     weights at 0x1c40 bytes 384            ; 32 x 12
.buffer sigmoid.table        weights at 0x1520 bytes 256
.buffer mean.parameters      weights at 0x1620 bytes 8
.buffer softmax.powers       weights at 0x1640 bytes 512

.buffer weight_tile          sram    at 0x0000 bytes 4608
.buffer parameter_tile       sram    at 0x1200 bytes 256
.buffer ifm_tile             sram    at 0x1300 bytes 1920 slots 2   ; 6 x 10 x 32
.buffer ofm_tile             sram    at 0x2200 bytes 1024 slots 2   ; 4 x 8 x 32
.buffer table                sram    at 0x2a00 bytes 256
.buffer mean_parameters      sram    at 0x2b00 bytes 8
.buffer whole                sram    at 0x3000 bytes 2048
.buffer pooled               sram    at 0x3800 bytes 512 slots 2    ; 4 x 4 x 32
.buffer vector               sram    at 0x3c00 bytes 32
.buffer powers               sram    at 0x4000 bytes 512
.buffer leaky_tile           sram    at 0x4200 bytes 1024
.buffer leaky_parameters     sram    at 0x4600 bytes 384
.buffer leaky_maps           sram    at 0x4800 bytes 1152 slots 2   ; 6 x 6 x 32

.entry network inputs image outputs features

launch work=conv1 credits=[ifm.free: 2, ofm.free: 2] @conv1
dma.load sram=weight_tile dram=conv1.weight shape=[1, 1, 1, 4608]
    strides=[4608, 4608, 4608, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 4608] fill=0 @conv1
dma.load sram=parameter_tile dram=conv1.parameters shape=[1, 1, 1, 256]
    strides=[256, 256, 256, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 256] fill=0
    signal weight.full @conv1
sync engine=mac wait weight.full @conv1
loop row times 2 @conv1 {
  ; Four rows of the ofm need six of the ifm. What lies outside is filled with its zero.
  dma.load sram=ifm_tile[row] dram=image shape=[1, 8, 8, 16] strides=[1024, 128, 16, 1]
      origin=[0, 4*row - 1, -1, 0] box=[1, 6, 10, 16] fill=-3
      wait ifm.free signal ifm.full @conv1
  mac.conv ifm=ifm_tile[row] weight=weight_tile parameters=parameter_tile
      ofm=ofm_tile[row] ifm_pitch=16 ifm_columns=10 rows=4 of 8 at 4*row columns=8
      channels=32 kernel=[3, 3] stride=[1, 1] dilation=[1, 1] zero_point=-5 low=-5
      high=127 depth=16 dataflow=ws
      wait ifm.full, ofm.free signal ifm.free, ofm.full @conv1
  dma.store sram=ofm_tile[row] dram=conv1 shape=[1, 8, 8, 32] strides=[2048, 256, 32, 1]
      origin=[0, 4*row, 0, 0] box=[1, 4, 8, 32]
      wait ofm.full signal ofm.free @conv1
}

join work=conv2 credits=[ifm.free: 2, ofm.free: 2] @conv2
dma.load sram=weight_tile dram=conv2.weight shape=[1, 1, 1, 288]
    strides=[288, 288, 288, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 288] fill=0 @conv2
dma.load sram=parameter_tile dram=conv2.parameters shape=[1, 1, 1, 256]
    strides=[256, 256, 256, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 256] fill=0
    signal weight.full @conv2
sync engine=mac wait weight.full @conv2
loop row times 2 @conv2 {
  dma.load sram=ifm_tile[row] dram=conv1 shape=[1, 8, 8, 32] strides=[2048, 256, 32, 1]
      origin=[0, 4*row - 1, -1, 0] box=[1, 6, 10, 32] fill=-5
      wait ifm.free signal ifm.full @conv2
  mac.depthwise ifm=ifm_tile[row] weight=weight_tile parameters=parameter_tile
      ofm=ofm_tile[row] ifm_pitch=32 ifm_columns=10 rows=4 of 8 at 4*row columns=8
      channels=32 kernel=[3, 3] stride=[1, 1] dilation=[1, 1] zero_point=0 low=-128
      high=127
      wait ifm.full, ofm.free signal ifm.free, ofm.full @conv2
  dma.store sram=ofm_tile[row] dram=conv2 shape=[1, 8, 8, 32] strides=[2048, 256, 32, 1]
      origin=[0, 4*row, 0, 0] box=[1, 4, 8, 32]
      wait ofm.full signal ofm.free @conv2
}

; A channel of these has a slope of its own below 0. Both read the same parameters.
join work=leaky credits=[] @leaky
dma.load sram=leaky_parameters dram=leaky.parameters shape=[1, 1, 1, 384]
    strides=[384, 384, 384, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 384] fill=0 @leaky
dma.load sram=leaky_tile dram=leaky.weight shape=[1, 1, 1, 1024]
    strides=[1024, 1024, 1024, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 1024] fill=0 @leaky
dma.load sram=weight_tile dram=conv2.weight shape=[1, 1, 1, 288]
    strides=[288, 288, 288, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 288] fill=0 @leaky
dma.load sram=whole dram=conv2 shape=[1, 8, 8, 32] strides=[2048, 256, 32, 1]
    origin=[0, 0, 0, 0] box=[1, 8, 8, 32] fill=0
    signal ifm.full @leaky
mac.depthwise_leaky ifm=whole weight=weight_tile parameters=leaky_parameters
    ofm=leaky_maps[0] ifm_pitch=32 ifm_columns=8 rows=6 columns=6 channels=32
    kernel=[3, 3] stride=[1, 1] dilation=[1, 1] zero_point=-20 low=-128 high=127
    wait ifm.full @leaky
mac.conv_leaky ifm=leaky_maps[0] weight=leaky_tile parameters=leaky_parameters
    ofm=leaky_maps[1] ifm_pitch=32 ifm_columns=6 rows=6 columns=6 channels=32
    kernel=[1, 1] stride=[1, 1] dilation=[1, 1] zero_point=-20 low=-128 high=127 depth=32
    dataflow=ws
    signal ofm.full @leaky
dma.store sram=leaky_maps[1] dram=leaky shape=[1, 6, 6, 32] strides=[1152, 192, 32, 1]
    origin=[0, 0, 0, 0] box=[1, 6, 6, 32]
    wait ofm.full @leaky

launch work=head credits=[] @pool
dma.load sram=table dram=sigmoid.table shape=[1, 1, 1, 256] strides=[256, 256, 256, 1]
    origin=[0, 0, 0, 0] box=[1, 1, 1, 256] fill=0 @sigmoid
dma.load sram=powers dram=softmax.powers shape=[1, 1, 1, 512] strides=[512, 512, 512, 1]
    origin=[0, 0, 0, 0] box=[1, 1, 1, 512] fill=0 @softmax
dma.load sram=mean_parameters dram=mean.parameters shape=[1, 1, 1, 8]
    strides=[8, 8, 8, 1] origin=[0, 0, 0, 0] box=[1, 1, 1, 8] fill=0 @mean
dma.load sram=whole dram=conv2 shape=[1, 8, 8, 32] strides=[2048, 256, 32, 1]
    origin=[0, 0, 0, 0] box=[1, 8, 8, 32] fill=0
    signal ifm.full @pool

; The rest of the work is a launch of its own, as if there were no room for both.
resume @pool
vector.max_pool ifm=whole ofm=pooled[0] ifm_columns=8 rows=4 columns=4 channels=32
    kernel=[2, 2] stride=[2, 2]
    wait ifm.full @pool
vector.lookup ifm=pooled[0] ofm=pooled[1] table=table elements=512 @sigmoid
vector.add lhs=pooled[0] rhs=pooled[1] ofm=pooled[0] elements=512
    multipliers=[16384, 20000, 12000] shift=29 zero_points=[0, -128, 2] low=-128
    high=127 @add
vector.multiply lhs=pooled[0] rhs=pooled[1] ofm=pooled[0] elements=512
    multiplier=20000 shift=21 zero_points=[2, -128, 2] low=-128 high=127 @multiply
vector.maximum lhs=pooled[0] rhs=pooled[1] ofm=pooled[0] elements=512 low=-128 high=127
    @maximum
vector.minimum lhs=pooled[0] rhs=pooled[1] ofm=pooled[0] elements=512 low=-128 high=127
    @minimum
vector.softmax ifm=pooled[0] ofm=pooled[1] table=powers rows=16 channels=32 levels=65280
    zero_point=-128 low=-128 high=127 @softmax
vector.requantise ifm=pooled[0] ofm=pooled[1] rows=4 columns=4 elements=32
    ifm_pitches=[128, 32] ofm_pitches=[128, 32] multiplier=24576 shift=15
    zero_points=[2, -7] low=-128 high=127 @requantise
vector.permute ifm=pooled[1] ofm=pooled[0] box=[1, 4, 4, 32] strides=[512, 32, 128, 1]
    @transpose
vector.avg_pool ifm=pooled[0] ofm=vector ifm_columns=4 rows=1 columns=1 channels=32
    kernel=[4, 4] stride=[1, 1] parameters=mean_parameters counts=1 inside=[4, 4]
    corner_row=0 corner_column=0 zero_points=[-7, -7] low=-128 high=127
    signal ofm.full @mean
dma.store sram=vector dram=features shape=[1, 1, 1, 32] strides=[32, 32, 32, 1]
    origin=[0, 0, 0, 0] box=[1, 1, 1, 32]
    wait ofm.full @mean

; Work that follows does not wait for what engines still do: tokens order it.
follow work="again" @again
vector.lookup ifm=pooled[0] ofm=pooled[1] table=table elements=512 @again
