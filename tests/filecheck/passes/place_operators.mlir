// RUN: aipu-opt %s --split-input-file --random-weights 0 -p place-operators | filecheck %s

// What the machine has goes to the machine, the rest to the host with its reason.
// CHECK-LABEL: @classifier
// CHECK: nn.transpose {{.*}} {place = "host", reason = "it brings an input into the machine's layout"}
// CHECK: nn.conv2d {{.*}} then relu {place = "machine"}
// CHECK: nn.max_pool2d {{.*}} {place = "machine"}
// CHECK: nn.sigmoid {{.*}} {place = "machine"}
// CHECK: nn.reshape {{.*}} {place = "machine"}
// CHECK: nn.fully_connected {{.*}} {place = "machine"}
// CHECK: nn.softmax {{.*}} {place = "host", reason = "it ends the network, and reals are exact"}
func.func @classifier(%0: tensor<1x3x8x8xf32>) -> tensor<1x5xf32> {
  %1 = nn.transpose %0 by [0, 2, 3, 1] : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %2 = nn.weight "conv" : tensor<4x3x3x3xf32>
  %3 = nn.weight "conv.bias" : tensor<4xf32>
  %4 = nn.conv2d %1, %2, %3 then relu : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
  %5 = nn.max_pool2d %4 kernel [2, 2] stride [2, 2] : (tensor<1x6x6x4xf32>) -> tensor<1x3x3x4xf32>
  %6 = nn.sigmoid %5 : (tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32>
  %7 = nn.reshape %6 : (tensor<1x3x3x4xf32>) -> tensor<1x36xf32>
  %8 = nn.weight "fc" : tensor<5x36xf32>
  %9 = nn.weight "fc.bias" : tensor<5xf32>
  %10 = nn.fully_connected %7, %8, %9 : (tensor<1x36xf32>, tensor<5x36xf32>, tensor<5xf32>) -> tensor<1x5xf32>
  %11 = nn.softmax %10 axis 1 : (tensor<1x5xf32>) -> tensor<1x5xf32>
  func.return %11 : tensor<1x5xf32>
}

// -----

// What follows the host stays there, until there is something to multiply.
// CHECK-LABEL: @after_the_host
// CHECK: nn.lrn {{.*}} {place = "host", reason = "the machine has no nn.lrn"}
// CHECK: nn.max_pool2d {{.*}} {place = "host", reason = "it follows the host and multiplies nothing"}
// CHECK: nn.tanh {{.*}} {place = "host", reason = "it follows the host and multiplies nothing"}
// CHECK: nn.conv2d {{.*}} {place = "machine"}
// CHECK: nn.add {{.*}} {place = "machine"}
func.func @after_the_host(%0: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %1 = nn.lrn %0 size 3 alpha 1.0 beta 0.75 bias 1.0 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = nn.max_pool2d %1 kernel [1, 1] : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %3 = nn.tanh %2 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %4 = nn.weight "conv2" : tensor<2x1x1x2xf32>
  %5 = nn.weight "conv2.bias" : tensor<2xf32>
  %6 = nn.conv2d %3, %4, %5 : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %7 = nn.add %6, %3 : (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  func.return %7 : tensor<1x4x4x2xf32>
}

// -----

// A pad ahead of an input's transpose comes with it; a pad that leads to none does not.
// CHECK-LABEL: @layout_of_inputs
// CHECK: nn.pad {{.*}} {place = "host", reason = "it brings an input into the machine's layout"}
// CHECK: nn.transpose {{.*}} {place = "host", reason = "it brings an input into the machine's layout"}
// CHECK: nn.pad {{.*}} {place = "machine"}
// CHECK: nn.transpose {{.*}} {place = "machine"}
func.func @layout_of_inputs(%0: tensor<2x3xf32>, %1: tensor<4x2xf32>) -> tensor<2x4xf32> {
  %2 = nn.pad %0 low [0, 0] high [0, 1] : (tensor<2x3xf32>) -> tensor<2x4xf32>
  %3 = nn.transpose %2 by [1, 0] : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %4 = nn.pad %1 low [0, 0] high [0, 0] : (tensor<4x2xf32>) -> tensor<4x2xf32>
  %5 = nn.add %3, %4 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  %6 = nn.transpose %5 by [1, 0] : (tensor<4x2xf32>) -> tensor<2x4xf32>
  func.return %6 : tensor<2x4xf32>
}

// -----

// With a constant of one element, a sum or a quotient is a function of one element. Sums
// take constants and what is broadcast, quotients do not.
// CHECK-LABEL: @constants
// CHECK: nn.div {{.*}} {place = "machine"}
// CHECK: nn.add {{.*}} {place = "machine"}
// CHECK: nn.sub {{.*}} {place = "machine"}
// CHECK: nn.div {{.*}} {place = "host", reason = "the machine has no nn.div"}
func.func @constants(%0: tensor<1x4xf32>, %1: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<1x4xf32>) {
  %2 = nn.weight "scalar" : tensor<1xf32>
  %3 = nn.div %0, %2 : (tensor<1x4xf32>, tensor<1xf32>) -> tensor<1x4xf32>
  %4 = nn.weight "vector" : tensor<4xf32>
  %5 = nn.add %3, %4 : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %6 = nn.sub %5, %1 : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %7 = nn.div %5, %4 : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  func.return %6, %7 : tensor<3x4xf32>, tensor<1x4xf32>
}

// -----

// Tiles are cut along every dimension: a transpose and a convolution of any width fit.
// CHECK-LABEL: @cut
// CHECK: nn.tanh {{.*}} {place = "machine"}
// CHECK: nn.conv2d {{.*}} {place = "machine"}
// CHECK: nn.transpose {{.*}} {place = "machine"}
func.func @cut(%0: tensor<1x3x30000x8xf32>) -> tensor<16x29998xf32> {
  %1 = nn.weight "w" : tensor<16x3x3x8xf32>
  %2 = nn.weight "b" : tensor<16xf32>
  %3 = nn.tanh %0 : (tensor<1x3x30000x8xf32>) -> tensor<1x3x30000x8xf32>
  %4 = nn.conv2d %3, %1, %2 : (tensor<1x3x30000x8xf32>, tensor<16x3x3x8xf32>, tensor<16xf32>) -> tensor<1x1x29998x16xf32>
  %5 = nn.reshape %4 : (tensor<1x1x29998x16xf32>) -> tensor<29998x16xf32>
  %6 = nn.transpose %5 by [1, 0] : (tensor<29998x16xf32>) -> tensor<16x29998xf32>
  func.return %6 : tensor<16x29998xf32>
}

// -----

// What cannot be cut is the host's where it does not fit: a row whose exponentials are
// added up, the window of a pool.
// CHECK-LABEL: @too_large
// CHECK: nn.softmax {{.*}} {place = "host", reason = "not even its smallest tile fits r329: 400,512 bytes of SRAM, r329 has 262,144 (200,000 of ifm, 200,000 of ofm, 512 of parameters)"}
// CHECK: nn.max_pool2d {{.*}} reason = "not even its smallest tile fits r329: 360,064 bytes of SRAM, r329 has 262,144 (360,000 of ifm, 1 of ofm)"
func.func @too_large(%0: tensor<2x200000xf32>, %1: tensor<1x600x600x3xf32>) -> (tensor<2x200000xf32>, tensor<1x1x1x3xf32>) {
  %2 = nn.tanh %0 : (tensor<2x200000xf32>) -> tensor<2x200000xf32>
  %3 = nn.softmax %2 axis 1 : (tensor<2x200000xf32>) -> tensor<2x200000xf32>
  %4 = nn.tanh %3 : (tensor<2x200000xf32>) -> tensor<2x200000xf32>
  %5 = nn.max_pool2d %1 kernel [600, 600] : (tensor<1x600x600x3xf32>) -> tensor<1x1x1x3xf32>
  func.return %4, %5 : tensor<2x200000xf32>, tensor<1x1x1x3xf32>
}

// -----

// CHECK-LABEL: @many_dimensions
// CHECK: nn.tanh {{.*}} {place = "host", reason = "it leads from the host to the host and multiplies nothing"}
// CHECK: nn.transpose {{.*}} {place = "host", reason = "a transpose of [2, 3, 2, 3] by [3, 2, 1, 0] moves more than three dimensions"}
// CHECK: nn.pad {{.*}} {place = "host"
func.func @many_dimensions(%0: tensor<2x3x2x3xf32>, %1: tensor<2x2x2x2x2xf32>) -> (tensor<3x2x3x2xf32>, tensor<3x3x3x3x3xf32>) {
  %2 = nn.tanh %0 : (tensor<2x3x2x3xf32>) -> tensor<2x3x2x3xf32>
  %3 = nn.transpose %2 by [3, 2, 1, 0] : (tensor<2x3x2x3xf32>) -> tensor<3x2x3x2xf32>
  %4 = nn.pad %1 low [1, 1, 1, 1, 1] high [0, 0, 0, 0, 0] : (tensor<2x2x2x2x2xf32>) -> tensor<3x3x3x3x3xf32>
  func.return %3, %4 : tensor<3x2x3x2xf32>, tensor<3x3x3x3x3xf32>
}

// -----

// Tensors that are joined on their way out keep scales of their own in reals; however
// they are moved then.
// CHECK-LABEL: @joined_ends
// CHECK: nn.abs {{.*}} {place = "machine"}
// CHECK: nn.sigmoid {{.*}} {place = "machine"}
// CHECK: nn.concat {{.*}} {place = "host", reason = "it ends the network, and its parts keep their scales"}
// CHECK: nn.reshape {{.*}} {place = "host"
// CHECK: nn.concat {{.*}} {place = "host"
// CHECK: nn.concat {{.*}} {place = "machine"}
// CHECK: nn.neg {{.*}} {place = "machine"}
func.func @joined_ends(%0: tensor<4x2xf32>) -> (tensor<2x4x2xf32>, tensor<8x2xf32>) {
  %1 = nn.abs %0 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  %2 = nn.sigmoid %0 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  %3 = nn.concat %1, %2 axis 0 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<8x2xf32>
  %4 = nn.reshape %3 : (tensor<8x2xf32>) -> tensor<1x8x2xf32>
  %5 = nn.concat %4, %4 axis 0 : (tensor<1x8x2xf32>, tensor<1x8x2xf32>) -> tensor<2x8x2xf32>
  %6 = nn.slice %5 from [0, 0, 0] sizes [2, 4, 2] strides [1, 1, 1] : (tensor<2x8x2xf32>) -> tensor<2x4x2xf32>
  %7 = nn.concat %1, %2 axis 0 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<8x2xf32>
  %8 = nn.neg %7 : (tensor<8x2xf32>) -> tensor<8x2xf32>
  func.return %6, %8 : tensor<2x4x2xf32>, tensor<8x2xf32>
}

// -----

// A length, and what is divided by it, is computed in reals, and so are the squares that
// it is the sum of; what is normalised is not.
// CHECK-LABEL: @length
// CHECK: nn.conv2d {{.*}} {place = "machine"}
// CHECK: nn.square {{.*}} {place = "host", reason = "a quotient by a statistic needs more than eight bits"}
// CHECK: nn.avg_pool2d {{.*}} {place = "host"
// CHECK: nn.sqrt {{.*}} {place = "host"
// CHECK: nn.div {{.*}} {place = "host"
func.func @length(%0: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %1 = nn.weight "pointwise" : tensor<2x1x1x2xf32>
  %2 = nn.weight "pointwise.bias" : tensor<2xf32>
  %3 = nn.conv2d %0, %1, %2 : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %4 = nn.square %3 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %5 = nn.avg_pool2d %4 kernel [4, 4] : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  %6 = nn.sqrt %5 : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %7 = nn.div %3, %6 : (tensor<1x4x4x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x4x2xf32>
  func.return %7 : tensor<1x4x4x2xf32>
}

// -----

// A length is the root of a sum of squares, however many there are, and a constant.
// CHECK-LABEL: @magnitude
// CHECK: nn.tanh {{.*}} {place = "machine"}
// CHECK: nn.square {{.*}} {place = "host", reason = "a root of a sum of squares needs more than eight bits"}
// CHECK: nn.mul {{.*}} {place = "host", reason = "a root of a sum of squares needs more than eight bits"}
// CHECK: nn.add {{.*}} {place = "host"
// CHECK: nn.sqrt {{.*}} {place = "host"
// CHECK: nn.sqrt {{.*}} {place = "machine"}
func.func @magnitude(%0: tensor<4x2xf32>, %1: tensor<4x2xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>) {
  %2 = nn.tanh %0 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  %3 = nn.tanh %1 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  %4 = nn.square %2 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  %5 = nn.mul %3, %3 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  %6 = nn.add %4, %5 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  %7 = nn.sqrt %6 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  %8 = nn.add %2, %3 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  %9 = nn.sqrt %8 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  func.return %7, %9 : tensor<4x2xf32>, tensor<4x2xf32>
}
