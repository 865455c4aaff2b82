"""What the operators mean on integers: `FUNCTIONS`, as in `real`.

Arrays of tensors are int8, the stored integers of their `!quant.uniform` types. The
arithmetic is exact: an accumulator is never wrapped and never rounded.
"""

from collections.abc import Callable

import numpy as np
from xdsl.ir import Operation

from ... import nn
from .convolution import conv2d, fully_connected, matmul
from .elementwise import add, clamp, mul, sub
from .movement import pad
from .pooling import avg_pool2d, max_pool2d
from .quantisation import lookup, quantise, requantise

FUNCTIONS: dict[type[Operation], Callable[..., np.ndarray]] = {
    nn.Conv2dOp: conv2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MatMulOp: matmul,
    nn.AddOp: add,
    nn.SubOp: sub,
    nn.MulOp: mul,
    nn.ClampOp: clamp,
    nn.MaxPool2dOp: max_pool2d,
    nn.AvgPool2dOp: avg_pool2d,
    nn.PadOp: pad,
    nn.QuantiseOp: quantise,
    nn.RequantiseOp: requantise,
    nn.LookupOp: lookup,
}
