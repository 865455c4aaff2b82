func.func @main(%x: tensor<1x3x12x12xf32> {nn.name = "image"}) -> (tensor<1x10xf32> {nn.name = "classes"}) {
  %t = nn.transpose %x by [0, 2, 3, 1] : (tensor<1x3x12x12xf32>) -> tensor<1x12x12x3xf32> loc("layout")
  %w1 = nn.weight "w1" : tensor<8x3x3x3xf32>
  %b1 = nn.weight "b1" : tensor<8xf32>
  %c = nn.conv2d %t, %w1, %b1 pad [1, 1, 1, 1] then relu : (tensor<1x12x12x3xf32>, tensor<8x3x3x3xf32>, tensor<8xf32>) -> tensor<1x12x12x8xf32> loc("convolution")
  %w2 = nn.weight "w2" : tensor<8x3x3x1xf32>
  %b2 = nn.weight "b2" : tensor<8xf32>
  %d = nn.conv2d %c, %w2, %b2 pad [1, 1, 1, 1] groups 8 : (tensor<1x12x12x8xf32>, tensor<8x3x3x1xf32>, tensor<8xf32>) -> tensor<1x12x12x8xf32> loc("depthwise")
  %a = nn.add %c, %d then relu : (tensor<1x12x12x8xf32>, tensor<1x12x12x8xf32>) -> tensor<1x12x12x8xf32> loc("add")
  %l = nn.lrn %a size 3 alpha 0.1 beta 0.75 bias 1.0 : (tensor<1x12x12x8xf32>) -> tensor<1x12x12x8xf32> loc("lrn")
  %w3 = nn.weight "w3" : tensor<8x1x1x8xf32>
  %b3 = nn.weight "b3" : tensor<8xf32>
  %e = nn.conv2d %l, %w3, %b3 : (tensor<1x12x12x8xf32>, tensor<8x1x1x8xf32>, tensor<8xf32>) -> tensor<1x12x12x8xf32> loc("pointwise")
  %s = nn.hard_swish %e : (tensor<1x12x12x8xf32>) -> tensor<1x12x12x8xf32> loc("swish")
  %g = nn.sigmoid %e : (tensor<1x12x12x8xf32>) -> tensor<1x12x12x8xf32> loc("gate")
  %p = nn.mul %s, %g : (tensor<1x12x12x8xf32>, tensor<1x12x12x8xf32>) -> tensor<1x12x12x8xf32> loc("product")
  %m = nn.max_pool2d %p kernel [3, 3] stride [2, 2] pad [1, 1, 0, 0] : (tensor<1x12x12x8xf32>) -> tensor<1x6x6x8xf32> loc("maximum")
  %v = nn.avg_pool2d %a kernel [3, 3] stride [2, 2] pad [1, 1, 0, 0] : (tensor<1x12x12x8xf32>) -> tensor<1x6x6x8xf32> loc("average")
  %j = nn.concat %m, %v axis 3 : (tensor<1x6x6x8xf32>, tensor<1x6x6x8xf32>) -> tensor<1x6x6x16xf32> loc("join")
  %k = nn.avg_pool2d %j kernel [6, 6] : (tensor<1x6x6x16xf32>) -> tensor<1x1x1x16xf32> loc("mean")
  %r = nn.reshape %k : (tensor<1x1x1x16xf32>) -> tensor<1x16xf32> loc("flat")
  %w4 = nn.weight "w4" : tensor<10x16xf32>
  %b4 = nn.weight "b4" : tensor<10xf32>
  %f = nn.fully_connected %r, %w4, %b4 : (tensor<1x16xf32>, tensor<10x16xf32>, tensor<10xf32>) -> tensor<1x10xf32> loc("classes")
  %y = nn.softmax %f axis 1 : (tensor<1x10xf32>) -> tensor<1x10xf32> loc("softmax")
  func.return %y : tensor<1x10xf32>
}
