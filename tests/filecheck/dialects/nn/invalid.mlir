// RUN: aipu-opt %s --split-input-file --verify-diagnostics

func.func @channels(%x: tensor<1x8x8x3xf32>, %w: tensor<4x3x3x5xf32>, %b: tensor<4xf32>) -> tensor<1x6x6x4xf32> {
  // expected-error@+1 {{the ifm has 3 channels, the weight 5 in 1 groups}}
  %0 = nn.conv2d %x, %w, %b : (tensor<1x8x8x3xf32>, tensor<4x3x3x5xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
  func.return %0 : tensor<1x6x6x4xf32>
}

// -----

func.func @groups(%x: tensor<1x8x8x6xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) -> tensor<1x8x8x4xf32> {
  // expected-error@+1 {{4 ofm channels in 3 groups}}
  %0 = nn.conv2d %x, %w, %b groups 3 : (tensor<1x8x8x6xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  func.return %0 : tensor<1x8x8x4xf32>
}

// -----

func.func @window(%x: tensor<1x4x4x3xf32>) -> tensor<1x1x1x3xf32> {
  %0 = nn.max_pool2d %x kernel [5, 5] : (tensor<1x4x4x3xf32>) -> tensor<1x1x1x3xf32> // expected-error {{a window of 5 does not fit into 4}}
  func.return %0 : tensor<1x1x1x3xf32>
}

// -----

func.func @ofm_shape(%x: tensor<1x4x4x3xf32>) -> tensor<1x4x4x4xf32> {
  // expected-error@below {{the ofm must have shape [1, 4, 4, 3], its type says [1, 4, 4, 4]}}
  %0 = nn.abs %x : (tensor<1x4x4x3xf32>) -> tensor<1x4x4x4xf32>
  func.return %0 : tensor<1x4x4x4xf32>
}

// -----

func.func @broadcast(%x: tensor<2x3xf32>, %y: tensor<2xf32>) -> tensor<2x3xf32> {
  %0 = nn.add %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  // expected-error@-1 {{cannot broadcast [2, 3] and [2]}}
  func.return %0 : tensor<2x3xf32>
}

// -----

func.func @reshape(%x: tensor<2x3xf32>) -> tensor<4xf32> {
  %0 = nn.reshape %x : (tensor<2x3xf32>) -> tensor<4xf32>
  // expected-error@above {{cannot reshape [2, 3] to [4]}}
  func.return %0 : tensor<4xf32>
}

// -----

func.func @permutation(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{[0, 0] does not permute rank 2}}
  %0 = nn.transpose %x by [0, 0] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  func.return %0 : tensor<2x3xf32>
}

// -----

func.func @slice(%x: tensor<4xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{3 elements from 2 in steps of 1 do not lie in an extent of 4}}
  %0 = nn.slice %x from [2] sizes [3] strides [1] : (tensor<4xf32>) -> tensor<3xf32>
  func.return %0 : tensor<3xf32>
}

// -----

func.func @concat(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) -> tensor<4x3xf32> {
  // expected-error@+1 {{cannot join [2, 3] and [2, 4] along axis 0}}
  %0 = nn.concat %x, %y axis 0 : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  func.return %0 : tensor<4x3xf32>
}

// -----

func.func @axes(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{axes [2] of a tensor of rank 2}}
  %0 = nn.reduce_sum %x axes [2] : (tensor<2x3xf32>) -> tensor<2xf32>
  func.return %0 : tensor<2xf32>
}

// -----

func.func @features(%x: tensor<2x3xf32>, %w: tensor<4x5xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{the ifm has 3 features, the weight 5}}
  %0 = nn.fully_connected %x, %w, %b : (tensor<2x3xf32>, tensor<4x5xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  func.return %0 : tensor<2x4xf32>
}

// -----

func.func @clamp(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{clamp from 3.0 to 1.0}}
  %0 = nn.clamp %x [3.0, 1.0] : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @rescale(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{expected a multiplier of 15 bits and a shift of up to 31, found Rescale(multipliers=(32768,), shift=15)}}
  %0 = nn.add %x, %x rescale [32768] >> 15 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @not_a_tensor(%x: i32) -> tensor<4xf32> {
  // expected-error@+1 {{tensor}}
  %0 = nn.abs %x : (i32) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @unknown(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{unknown operation 'nn.absolute'}}
  %0 = nn.absolute %x : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @undefined(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{%y is not defined}}
  %0 = nn.abs %y : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @order(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{nn.abs reads %later before it is made}}
  %0 = nn.abs %later : (tensor<4xf32>) -> tensor<4xf32>
  %later = nn.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @bias(%x: tensor<1x8x8x3xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<3xf32>) -> tensor<1x6x6x4xf32> {
  // expected-error@+1 {{the bias must have shape [4], found [3]}}
  %0 = nn.conv2d %x, %w, %b : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>, tensor<3xf32>) -> tensor<1x6x6x4xf32>
  func.return %0 : tensor<1x6x6x4xf32>
}

// -----

!x = !quant.uniform<i8, 1.0:0>

func.func @shift(%x: tensor<1x3x!x>, %w: tensor<4x3xi8>, %b: tensor<4xi32>) -> tensor<1x4x!x> {
  // expected-error@+1 {{a rescale is a multiplier and a shift, perhaps two of each, or one multiplier of f32, found tensor<4xi32>}}
  %0 = nn.fully_connected %x, %w, %b rescale %b : (tensor<1x3x!x>, tensor<4x3xi8>, tensor<4xi32>, tensor<4xi32>) -> tensor<1x4x!x>
  func.return %0 : tensor<1x4x!x>
}

// -----

func.func @multiplier(%x: tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32> {
  // expected-error@+1 {{a multiplier has up to 25 bits}}
  %0 = nn.avg_pool2d %x kernel [4, 4] rescale [33554432] >> 40 : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  func.return %0 : tensor<1x1x1x2xf32>
}

// -----

func.func @around(%x: tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32> {
  // expected-error@+1 {{`around` is an int8, found 128}}
  %0 = nn.avg_pool2d %x kernel [4, 4] around 128 : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  func.return %0 : tensor<1x1x1x2xf32>
}

// -----

!x = !quant.uniform<i8, 1.0:0>

func.func @float_and_shift(%x: tensor<1x3x!x>, %w: tensor<4x3xi8>, %b: tensor<4xi32>, %m: tensor<4xf32>) -> tensor<1x4x!x> {
  // expected-error@+1 {{a rescale is a multiplier and a shift, perhaps two of each, or one multiplier of f32, found tensor<4xf32>, tensor<4xi32>}}
  %0 = nn.fully_connected %x, %w, %b rescale %m, %b : (tensor<1x3x!x>, tensor<4x3xi8>, tensor<4xi32>, tensor<4xf32>, tensor<4xi32>) -> tensor<1x4x!x>
  func.return %0 : tensor<1x4x!x>
}

// -----

!x = !quant.uniform<i8, 1.0:0>

func.func @half_quantised(%x: tensor<4x!x>, %y: tensor<4xf32>) -> tensor<4x!x> {
  // expected-error@+1 {{expected all feature maps quantised, or none: !quant.uniform<i8, 1.0:0>, f32, !quant.uniform<i8, 1.0:0>}}
  %0 = nn.add %x, %y rescale [1, 1, 1] >> 0 : (tensor<4x!x>, tensor<4xf32>) -> tensor<4x!x>
  func.return %0 : tensor<4x!x>
}

// -----

!x = !quant.uniform<i8, 1.0:0>
!y = !quant.uniform<i8, 2.0:0>

func.func @joined(%x: tensor<4x!x>, %y: tensor<4x!y>) -> tensor<8x!x> {
  // expected-error@+1 {{expected elements of one type, found !quant.uniform<i8, 2.0:0> and !quant.uniform<i8, 1.0:0>}}
  %0 = nn.concat %x, %y axis 0 : (tensor<4x!x>, tensor<4x!y>) -> tensor<8x!x>
  func.return %0 : tensor<8x!x>
}

// -----

!x = !quant.uniform<i8, 1.0:0>

func.func @multipliers(%x: tensor<4x!x>) -> tensor<4x!x> {
  // expected-error@+1 {{expected 3 multipliers, found 2}}
  %0 = nn.sub %x, %x rescale [1, 1] >> 0 : (tensor<4x!x>, tensor<4x!x>) -> tensor<4x!x>
  func.return %0 : tensor<4x!x>
}

// -----

!x = !quant.uniform<i8, 1.0:0>

func.func @table(%x: tensor<4x!x>, %t: tensor<255xi8>) -> tensor<4x!x> {
  // expected-error@+1 {{the table must have shape [256], found [255]}}
  %0 = nn.lookup %x, %t : (tensor<4x!x>, tensor<255xi8>) -> tensor<4x!x>
  func.return %0 : tensor<4x!x>
}

// -----

func.func @gain(%x: tensor<1x4xf32>, %v: tensor<4xf32>, %g: tensor<1xf32>) -> tensor<1x4xf32> {
  // expected-error@+1 {{the gain must have shape [4], found [1]}}
  %0 = nn.batch_norm %x, %g, %v, %v, %v epsilon 0.1 : (tensor<1x4xf32>, tensor<1xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  func.return %0 : tensor<1x4xf32>
}

// -----

func.func @axis(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error@+1 {{axes [2] of a tensor of rank 2}}
  %0 = nn.softmax %x axis 2 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  func.return %0 : tensor<1x4xf32>
}

// -----

func.func @open(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error@+1 {{every extent must be known and at least 1, found tensor<?x4xf32>}}
  %0 = nn.tanh %x : (tensor<?x4xf32>) -> tensor<?x4xf32>
  func.return %0 : tensor<?x4xf32>
}

// -----

func.func @nothing(%x: tensor<0x4xf32>) -> tensor<0x4xf32> {
  // expected-error@+1 {{every extent must be known and at least 1, found tensor<0x4xf32>}}
  %0 = nn.tanh %x : (tensor<0x4xf32>) -> tensor<0x4xf32>
  func.return %0 : tensor<0x4xf32>
}

// -----

func.func @detect(%b: tensor<1x9x4xf32>, %s: tensor<1x9x3xf32>, %a: tensor<8x4xf32>) -> tensor<1x5x7xf32> {
  // expected-error@+1 {{5 boxes of the shape [1, 9, 4] about anchors [8, 4]}}
  %0 = nn.detect %b, %s around %a scale [1.0, 1.0, 1.0, 1.0] best 5 score 0.3 iou 0.6 : (tensor<1x9x4xf32>, tensor<1x9x3xf32>, tensor<8x4xf32>) -> tensor<1x5x7xf32>
  func.return %0 : tensor<1x5x7xf32>
}

// -----

// A list has an entry for each axis: neither fewer nor more.
func.func @pad(%x: tensor<1x4x4x2xf32>, %w: tensor<3x1x1x2xf32>, %b: tensor<3xf32>) -> tensor<1x4x4x3xf32> {
  // expected-error@+1 {{'pad' has 4 entries, found [0, 0, 0]}}
  %0 = nn.conv2d %x, %w, %b pad [0, 0, 0] : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  func.return %0 : tensor<1x4x4x3xf32>
}

// -----

func.func @dilation(%x: tensor<1x4x4x2xf32>, %w: tensor<3x1x1x2xf32>, %b: tensor<3xf32>) -> tensor<1x4x4x3xf32> {
  // expected-error@+1 {{'dilation' has 2 entries, found [1, 1, 1]}}
  %0 = nn.conv2d %x, %w, %b dilation [1, 1, 1] : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  func.return %0 : tensor<1x4x4x3xf32>
}

// -----

func.func @kernel(%x: tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32> {
  // expected-error@+1 {{'kernel' has 2 entries, found [2, 2, 2]}}
  %0 = nn.max_pool2d %x kernel [2, 2, 2] : (tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32>
  func.return %0 : tensor<1x3x3x2xf32>
}

// -----

func.func @stride(%x: tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32> {
  // expected-error@+1 {{'stride' has 2 entries, found [1]}}
  %0 = nn.avg_pool2d %x kernel [2, 2] stride [1] : (tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32>
  func.return %0 : tensor<1x3x3x2xf32>
}

// -----

func.func @extra(%x: tensor<1x4x4x2xf32>, %w: tensor<3x1x1x2xf32>, %b: tensor<3xf32>) -> tensor<1x4x4x3xf32> {
  // expected-error@+1 {{'extra' has 2 entries, found [0, 0, 0]}}
  %0 = nn.conv_transpose2d %x, %w, %b extra [0, 0, 0] : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  func.return %0 : tensor<1x4x4x3xf32>
}

// -----

// What passes say of an operator is something that they can read again.
func.func @place(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'place' must be "machine" or "host", found "hosst"}}
  %0 = nn.abs %x {place = "hosst"} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @range(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'range' must be array<f64: low, high>, found array<f64: 2.000000e+00, 1.000000e+00>}}
  %0 = nn.abs %x {range = array<f64: 2.0, 1.0>} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

// expected-error@+1 {{'nn.range' must be array<f64: low, high>, found array<f64: 1.000000e+00>}}
func.func @range(%x: tensor<4xf32> {nn.range = array<f64: 1.0>}) -> tensor<4xf32> {
  func.return %x : tensor<4xf32>
}

// -----

func.func @one(%x: tensor<4xf32>) -> tensor<4xf32> {
  func.return %x : tensor<4xf32>
}
// expected-error@+1 {{there are two functions @one}}
func.func @one(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = func.call @other(%x) : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}
func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{@main would call itself}}
  %0 = func.call @main(%x) : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{the function @other has neither a body nor an entry point}}
  %0 = func.call @other(%x) : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}
func.func private @other(tensor<4xf32>) -> tensor<4xf32>

// -----

func.func @segment_0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {place = "host"} {
  // expected-error@+1 {{'place' is "machine" in a function whose 'place' is "host"}}
  %0 = nn.abs %x {place = "machine"} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

// expected-error@+1 {{two inputs are called 'x'}}
func.func @main(%x: tensor<4xf32> {nn.name = "x"}, %y: tensor<4xf32> {nn.name = "x"}) -> tensor<4xf32> {
  %0 = nn.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

// expected-error@+1 {{two outputs are called 'y'}}
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32> {nn.name = "y"}, tensor<4xf32> {nn.name = "y"}) {
  func.return %x, %x : tensor<4xf32>, tensor<4xf32>
}
