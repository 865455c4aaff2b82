// RUN: aipu-opt %s --split-input-file --random-weights 0 -p quantise-operators | filecheck %s

// A convolution: weights and biases in integers, the location kept, one crossing a side.
// CHECK-LABEL: @convolution
// CHECK: %[[Q:.*]] = nn.quantise %x {place = "host", reason = "it takes reals to integers"} : (tensor<1x4x4x3xf32>) -> tensor<1x4x4x3x!quant.uniform<i8, 0.1:-28>>
// CHECK: %[[W:.*]] = nn.weight "w/int8" : tensor<2x3x3x3xi8>
// CHECK: %[[B:.*]] = nn.weight "b/int32" : tensor<2xi32>
// CHECK: %[[M:.*]] = nn.weight "w/multiplier" : tensor<2xi16>
// CHECK: %[[S:.*]] = nn.weight "w/shift" : tensor<2xi8>
// CHECK: %[[C:.*]] = nn.conv2d %[[Q]], %[[W]], %[[B]] rescale %[[M]], %[[S]] stride [2, 2] pad [1, 1, 1, 1] then relu6 {place = "machine"}
// CHECK-SAME: -> tensor<1x2x2x2x!quant.uniform<i8, 0.0235294:-128>>
// CHECK: %[[R:.*]] = nn.dequantise %[[C]] {place = "host", reason = "it takes integers to reals"}
// CHECK-NOT: nn.weight "w" :
// CHECK: func.return %[[R]]
func.func @convolution(%x: tensor<1x4x4x3xf32> {nn.range = array<f64: -10.0, 15.5>}) -> tensor<1x2x2x2xf32> {
  %w = nn.weight "w" : tensor<2x3x3x3xf32>
  %b = nn.weight "b" : tensor<2xf32>
  %c = nn.conv2d %x, %w, %b stride [2, 2] pad [1, 1, 1, 1] then relu6 {place = "machine", range = array<f64: 0.0, 6.0>} : (tensor<1x4x4x3xf32>, tensor<2x3x3x3xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  func.return %c : tensor<1x2x2x2xf32>
}

// -----

// Both sides of a sum, and a product; what only moves elements keeps its type.
// CHECK-LABEL: @elementwise
// CHECK: %[[Q:.*]] = nn.quantise %x
// CHECK: %[[A:.*]] = nn.add %[[Q]], %[[Q]] rescale [16384, 16384, 16384] >> 28 {place = "machine"} : {{.*}} -> tensor<1x2x2x2x!quant.uniform<i8, 1.0:0>>
// CHECK: %[[M:.*]] = nn.mul %[[A]], %[[Q]] rescale [16384] >> 16 then relu {place = "machine"} : {{.*}} -> tensor<1x2x2x2x!quant.uniform<i8, 4.0:-128>>
// CHECK: %[[P:.*]] = nn.max_pool2d %[[M]] kernel [2, 2] {place = "machine"} : {{.*}} -> tensor<1x1x1x2x!quant.uniform<i8, 4.0:-128>>
// CHECK: %[[C:.*]] = nn.requantise %[[P]] rescale [16384] >> 14 then [0.0, 100.0] {place = "machine"} : {{.*}} -> tensor<1x1x1x2x!quant.uniform<i8, 4.0:-128>>
// CHECK: nn.dequantise %[[C]]
func.func @elementwise(%x: tensor<1x2x2x2xf32> {nn.range = array<f64: -128.0, 127.0>}) -> tensor<1x1x1x2xf32> {
  %0 = nn.add %x, %x {place = "machine", range = array<f64: -128.0, 127.0>} : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %1 = nn.mul %0, %x then relu {place = "machine", range = array<f64: 0.0, 1020.0>} : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = nn.max_pool2d %1 kernel [2, 2] {place = "machine", range = array<f64: 0.0, 20.0>} : (tensor<1x2x2x2xf32>) -> tensor<1x1x1x2xf32>
  %3 = nn.clamp %2 [0.0, 100.0] {place = "machine", range = array<f64: 0.0, 20.0>} : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  func.return %3 : tensor<1x1x1x2xf32>
}

// -----

// A pool's multiplier divides by the window; where windows differ, one for each count.
// CHECK-LABEL: @average
// CHECK: nn.avg_pool2d {{.*}} kernel [2, 2] rescale [16384] >> 16 {place = "machine"}
// CHECK: nn.avg_pool2d {{.*}} kernel [3, 3] pad [1, 1, 1, 1] rescale [0, 0, 0, 16384, 0, 10923, 0, 0, 7282] >> 16 {place = "machine"}
func.func @average(%x: tensor<1x4x4x1xf32> {nn.range = array<f64: 0.0, 255.0>}) -> tensor<1x3x3x1xf32> {
  %0 = nn.avg_pool2d %x kernel [2, 2] {place = "machine", range = array<f64: 0.0, 255.0>} : (tensor<1x4x4x1xf32>) -> tensor<1x3x3x1xf32>
  %1 = nn.avg_pool2d %0 kernel [3, 3] pad [1, 1, 1, 1] {place = "machine", range = array<f64: 0.0, 255.0>} : (tensor<1x3x3x1xf32>) -> tensor<1x3x3x1xf32>
  func.return %1 : tensor<1x3x3x1xf32>
}

// -----

// A concat has one type: a maker with no other reader makes it, through what moves
// elements too; what has other readers is rescaled.
// CHECK-LABEL: @concat
// CHECK: %[[S:.*]] = nn.lookup {{.*}} -> tensor<1x2x2x1x!quant.uniform<i8, 1.0:0>>
// CHECK: %[[P:.*]] = nn.max_pool2d %[[S]] {{.*}} -> tensor<1x2x2x1x!quant.uniform<i8, 1.0:0>>
// CHECK: %[[T:.*]] = nn.lookup {{.*}} -> tensor<1x2x2x1x!quant.uniform<i8, 0.01:0>>
// CHECK: %[[R:.*]] = nn.requantise %[[T]] rescale [20972] >> 21 {place = "machine"} : {{.*}} -> tensor<1x2x2x1x!quant.uniform<i8, 1.0:0>>
// CHECK: nn.concat %[[P]], %[[R]], %[[R]] axis 3 {place = "machine"} : {{.*}} -> tensor<1x2x2x3x!quant.uniform<i8, 1.0:0>>
func.func @concat(%x: tensor<1x2x2x1xf32> {nn.range = array<f64: -1.28, 1.27>}) -> tensor<1x2x2x3xf32> {
  %0 = nn.sigmoid %x {place = "machine", range = array<f64: 0.0, 1.0>} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %1 = nn.max_pool2d %0 kernel [1, 1] {place = "machine", range = array<f64: 0.0, 1.0>} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %2 = nn.tanh %x {place = "machine", range = array<f64: -1.28, 1.27>} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %3 = nn.concat %1, %2, %2 axis 3 {place = "machine", range = array<f64: -128.0, 127.0>} : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x3xf32>
  func.return %3 : tensor<1x2x2x3xf32>
}

// -----

// The host keeps its reals, and reads what the machine makes through one crossing.
// CHECK-LABEL: @host
// CHECK: %[[T:.*]] = nn.lookup
// CHECK: %[[R:.*]] = nn.dequantise %[[T]]
// CHECK: %[[S:.*]] = nn.softmax %[[R]] axis 1 {place = "host"
// CHECK-NOT: nn.dequantise
// CHECK: nn.div %[[S]], %[[R]] {place = "host"
func.func @host(%x: tensor<1x4xf32> {nn.range = array<f64: -1.0, 1.0>}) -> tensor<1x4xf32> {
  %0 = nn.tanh %x {place = "machine", range = array<f64: -1.0, 1.0>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = nn.softmax %0 axis 1 {place = "host", reason = "none"} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = nn.div %1, %0 {place = "host", reason = "none"} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %2 : tensor<1x4xf32>
}

// -----

// What makes integers says which reals they stand for, whatever else is named after them.
// CHECK-LABEL: @named
// CHECK: %[[Q:.*]] = nn.quantise %x {{.*}}stands_for = "picture"}
// CHECK: %[[T:.*]] = nn.lookup %[[Q]], {{.*}}stands_for = "tanh"}
// CHECK: %[[N:.*]] = nn.requantise %[[Q]] {{.*}}stands_for = "picture"}
// CHECK: nn.concat %[[T]], %[[N]] {{.*}}stands_for = "both"}
// CHECK: nn.dequantise {{.*}}stands_for = "both"}
func.func @named(%x: tensor<1x4xf32> {nn.name = "picture", nn.range = array<f64: -12.8, 12.7>}) -> tensor<1x8xf32> {
  %0 = nn.tanh %x {place = "machine", range = array<f64: -1.0, 1.0>, stands_for = "tanh"} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = nn.concat %0, %x axis 1 {place = "machine", range = array<f64: -20.0, 20.0>, stands_for = "both"} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  func.return %1 : tensor<1x8xf32>
}
