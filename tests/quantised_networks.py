"""Small quantised networks, put together at random, with their weights and inputs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt, prod

import numpy as np
from hypothesis import strategies as st
from xdsl.dialects.builtin import ModuleOp, TensorType, f32, i8, i16, i32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Attribute, Block, Region, SSAValue

from aipu.dialects import nn
from aipu.dialects.locations import named
from aipu.dialects.nn import Clamp, ClampAttr, Rescale, RescaleAttr
from aipu.dialects.quant import UniformType, quantisation, uniform
from aipu.dialects.semantics.weights import WeightStore

Shape = tuple[int, ...]

LARGEST = 600
"""Elements of a feature map that may still grow."""


@dataclass(frozen=True, repr=False)
class Network:
    """A module with the function `main`, its weights, and an array for each input."""

    module: ModuleOp
    weights: WeightStore
    inputs: Sequence[np.ndarray]

    def __repr__(self) -> str:
        return str(self.module)


class Sketch:
    """A network that is being drawn: a layer adds an operator, and gives its ofm."""

    def __init__(self, draw: st.DrawFn, extent: int):
        """Its feature maps begin with at most `extent` rows, columns and channels."""
        self.draw = draw
        self.extent = extent
        self.random = np.random.default_rng(draw(st.integers(0, 1 << 16)))
        self.weights = WeightStore()
        self.block = Block()
        self.inputs: list[np.ndarray] = []
        self.count = 0

    def network(self, *results: SSAValue) -> Network:
        """What was drawn, as a network that returns these."""
        self.block.add_op(ReturnOp(*results))
        types = [argument.type for argument in self.block.args]
        ends = [value.type for value in results]
        function = FuncOp("main", (types, ends), Region(self.block))
        return Network(ModuleOp([function]), self.weights, self.inputs)

    # Choices

    def integer(self, least: int, greatest: int) -> int:
        return self.draw(st.integers(least, greatest))

    def pair(self, least: int, greatest: int) -> tuple[int, int]:
        return self.integer(least, greatest), self.integer(least, greatest)

    def element(self) -> UniformType:
        """A quantised type; the ends of the range and 0 are likely zero points."""
        zero_point = self.draw(st.one_of(st.sampled_from([-128, 0, 127]), INT8))
        scale = self.draw(st.sampled_from([0.003, 0.05, 0.5, 1.0]))
        return UniformType(scale, zero_point)

    def clamp(self) -> ClampAttr:
        low = self.draw(st.sampled_from([-2.0, 0.0, 0.1]))
        clamps = [nn.NO_CLAMP, nn.NO_CLAMP, nn.RELU, ClampAttr(Clamp(low, 3.0))]
        return self.draw(st.sampled_from(clamps))

    # Values

    def feature_map(
        self, shape: Shape | None = None, element: UniformType | None = None
    ) -> SSAValue:
        """An input [N, H, W, C] of the network, or one of another shape."""
        if shape is None:
            extents = (self.integer(1, self.extent) for _ in range(3))
            shape = (self.integer(1, 2), *extents)
        array = self.random.integers(-128, 128, shape, np.int8)
        self.inputs.append(array)
        type = TensorType(element or self.element(), shape)
        return self.block.insert_arg(type, len(self.block.args))

    def weight(self, array: np.ndarray, element: Attribute) -> SSAValue:
        key = self.weights.add(f"weight{self.count}", array)
        op = nn.WeightOp(key, TensorType(element, array.shape))
        self.block.add_op(op)
        return op.value

    def emit(self, op: nn.Operator) -> SSAValue:
        self.count += 1
        op.location = named(f"{op.name.removeprefix('nn.')}{self.count}")
        self.block.add_op(op)
        return op.ofm

    # Operators that multiply and accumulate

    def parameters(self, shape: Shape) -> tuple[SSAValue, SSAValue, list[SSAValue]]:
        """Weight, bias, and a rescale that spreads the sums over int8."""
        channels, terms = shape[0], prod(shape[1:])
        spread = 5 + isqrt(terms).bit_length()
        weight = self.random.integers(-127, 128, shape, np.int8)
        bias = self.random.integers(-9000, 9000, channels, np.int32)
        multiplier = self.random.integers(1 << 14, 1 << 15, channels, np.int16)
        shift = self.random.integers(spread + 12, spread + 16, channels, np.int8)
        form = self.draw(st.sampled_from(["short", "single", "leaky"]))
        if form == "single":
            single = np.ldexp(multiplier.astype(np.float32) / 3, -shift)
            rescale = [self.weight(single, f32)]
        else:
            rescale = [self.weight(multiplier, i16), self.weight(shift, i8)]
        if form == "leaky":
            below = self.random.integers(-(1 << 15) + 1, 1 << 15, channels, np.int16)
            rescale += [self.weight(below, i16), self.weight(shift + 1, i8)]
        return self.weight(weight, i8), self.weight(bias, i32), rescale

    def conv2d(self, ifm: SSAValue, *, depthwise: bool = False) -> SSAValue:
        _, rows, columns, ifm_channels = nn.shape(ifm)
        divisors = [n for n in (1, 2, 3) if ifm_channels % n == 0]
        groups = ifm_channels if depthwise else self.draw(st.sampled_from(divisors))
        ofm_channels = groups * (1 if depthwise else self.integer(1, 9 // groups))
        kernel, pad = self.window(rows, columns)
        reach = (rows + pad[0] + pad[2], columns + pad[1] + pad[3])
        dilation = [
            self.integer(1, 2 if 2 * (size - 1) < extent else 1)
            for size, extent in zip(kernel, reach, strict=True)
        ]
        shape = (ofm_channels, *kernel, ifm_channels // groups)
        weight, bias, rescale = self.parameters(shape)
        return self.emit(
            nn.Conv2dOp(
                ifm,
                weight,
                bias,
                rescale=rescale,
                stride=self.pair(1, 3),
                pad=pad,
                dilation=dilation,
                groups=groups,
                activation=self.clamp(),
                element=self.element(),
            )
        )

    def depthwise(self, ifm: SSAValue) -> SSAValue:
        return self.conv2d(ifm, depthwise=True)

    def window(self, rows: int, columns: int) -> tuple[Shape, Shape]:
        """A kernel that fits, and a pad of less than it on each side."""
        kernel = (self.integer(1, min(3, rows)), self.integer(1, min(3, columns)))
        pad = [self.integer(0, size - 1) for size in (*kernel, *kernel)]
        return kernel, tuple(pad)

    def fully_connected(self, ifm: SSAValue) -> SSAValue:
        flat = self.reshape(ifm, (nn.shape(ifm)[0], prod(nn.shape(ifm)[1:])))
        shape = (self.integer(1, 9), nn.shape(flat)[1])
        weight, bias, rescale = self.parameters(shape)
        return self.emit(
            nn.FullyConnectedOp(
                flat,
                weight,
                bias,
                rescale=rescale,
                activation=self.clamp(),
                element=self.element(),
            )
        )

    # Operators on the vector unit

    def add(self, lhs: SSAValue, rhs: SSAValue | None = None) -> SSAValue:
        """A sum or a difference with another input of the network."""
        rhs = self.feature_map(nn.shape(lhs)) if rhs is None else rhs
        operator = self.draw(st.sampled_from([nn.AddOp, nn.SubOp]))
        multipliers = (self.integer(1 << 13, 1 << 15) - 1, *self.pair(0, 1 << 14))
        rescale = RescaleAttr(Rescale(multipliers, self.integer(25, 30)))
        if self.draw(st.booleans()):
            lhs, rhs = rhs, lhs
        return self.emit(
            operator(
                lhs,
                rhs,
                rescale=rescale,
                activation=self.clamp(),
                element=self.element(),
            )
        )

    def multiply(self, lhs: SSAValue) -> SSAValue:
        rescale = RescaleAttr(Rescale((self.integer(0, 32767),), self.integer(19, 26)))
        return self.emit(
            nn.MulOp(
                *self.operands(lhs),
                rescale=rescale,
                activation=self.clamp(),
                element=self.element(),
            )
        )

    def choose(self, lhs: SSAValue) -> SSAValue:
        operator = self.draw(st.sampled_from([nn.MaximumOp, nn.MinimumOp]))
        operands = self.operands(lhs, quantisation(lhs))
        return self.emit(operator(*operands, activation=self.clamp()))

    def add_broadcast(self, lhs: SSAValue) -> SSAValue:
        return self.add(*self.operands(lhs))

    def operands(
        self, lhs: SSAValue, element: UniformType | None = None
    ) -> tuple[SSAValue, SSAValue]:
        """With another input or a constant, which may be broadcast; in any order."""
        extents = tuple(self.draw(st.sampled_from([n, 1])) for n in nn.shape(lhs))
        element = element or self.element()
        if self.draw(st.booleans()):
            array = self.random.integers(-128, 128, extents, np.int8)
            rhs = self.weight(array, element)
        else:
            rhs = self.feature_map(extents, element)
        return (lhs, rhs) if self.draw(st.booleans()) else (rhs, lhs)

    def matmul(self, ifm: SSAValue) -> SSAValue:
        """A product of each image with another input; zero points are 0."""
        images, rows, columns, channels = nn.shape(ifm)
        lhs = self.centred(self.reshape(ifm, (images, rows * columns, channels)))
        element = UniformType(0.05, 0)
        rhs = self.feature_map((images, self.integer(1, 9), channels), element)
        rescale = RescaleAttr(Rescale((self.integer(0, 32767),), self.integer(18, 26)))
        return self.emit(
            nn.MatMulOp(
                lhs, rhs, transposed=True, rescale=rescale, element=self.element()
            )
        )

    def centred(self, ifm: SSAValue) -> SSAValue:
        rescale = RescaleAttr(Rescale((1,), 0))
        return self.emit(nn.RequantiseOp(ifm, UniformType(0.05, 0), rescale))

    def softmax(self, ifm: SSAValue) -> SSAValue:
        table = self.random.integers(0, 32768, 256).astype(np.int16)
        table[-1] = 32767
        return self.emit(
            nn.SoftmaxOp(ifm, 3, table=self.weight(table, i16), element=self.element())
        )

    def requantise(self, ifm: SSAValue) -> SSAValue:
        rescale = RescaleAttr(Rescale((self.integer(0, 32767),), self.integer(12, 18)))
        return self.emit(
            nn.RequantiseOp(ifm, self.element(), rescale, activation=self.clamp())
        )

    def lookup(self, ifm: SSAValue) -> SSAValue:
        table = self.weight(self.random.integers(-128, 128, 256, np.int8), i8)
        return self.emit(nn.LookupOp(ifm, table, self.element()))

    def max_pool2d(self, ifm: SSAValue) -> SSAValue:
        kernel, pad = self.window(*nn.shape(ifm)[1:3])
        if self.draw(st.booleans()):
            return self.emit(nn.MaxPool2dOp(ifm, kernel, kernel))
        return self.emit(nn.MaxPool2dOp(ifm, kernel, self.pair(1, 3), pad))

    def avg_pool2d(self, ifm: SSAValue) -> SSAValue:
        kernel, pad = self.window(*nn.shape(ifm)[1:3])
        counting_pad = self.draw(st.booleans())
        counts = 1 if counting_pad else prod(kernel)
        multipliers = tuple(self.integer(0, 32767) for _ in range(counts))
        rescale = RescaleAttr(Rescale(multipliers, self.integer(13, 17)))
        around = self.integer(-128, 127) if self.draw(st.booleans()) else None
        return self.emit(
            nn.AvgPool2dOp(
                ifm,
                kernel,
                self.pair(1, 3),
                pad,
                counting_pad=counting_pad,
                around=around,
                rescale=rescale,
                element=self.element() if around is None else uniform(ifm),
            )
        )

    # Operators that move elements

    def concat(self, ifm: SSAValue) -> SSAValue:
        """With one or two more inputs of the network, and perhaps with itself."""
        shape, element = nn.shape(ifm), quantisation(ifm)
        axis = self.integer(0, len(shape) - 1)
        parts = [ifm]
        for _ in range(self.integer(1, 2)):
            extents = (*shape[:axis], self.integer(1, 3), *shape[axis + 1 :])
            parts.append(self.feature_map(extents, element))
        order = self.draw(st.permutations(parts))
        return self.emit(nn.ConcatOp(order, axis))

    def slice(self, ifm: SSAValue) -> SSAValue:
        starts, sizes, steps = [], [], []
        for extent in nn.shape(ifm):
            step = self.draw(st.sampled_from([1, 1, 2, 3, -1, -2]))
            start = self.integer(0, extent - 1)
            reachable = start // -step if step < 0 else (extent - 1 - start) // step
            starts.append(start)
            sizes.append(self.integer(1, reachable + 1))
            steps.append(step)
        return self.emit(nn.SliceOp(ifm, starts, sizes, steps))

    def pad(self, ifm: SSAValue) -> SSAValue:
        low, high = ([self.integer(0, 1) for _ in nn.shape(ifm)] for _ in range(2))
        value = self.draw(st.sampled_from([0.0, 1.0, -0.07, float("-inf")]))
        return self.emit(nn.PadOp(ifm, low, high, value))

    def transpose(self, ifm: SSAValue) -> SSAValue:
        """Of a map of at most three dimensions that are not 1, in any order."""
        extents = sorted(nn.shape(ifm))
        shape = (1, extents[0] * extents[1], *extents[2:])
        shaped = self.reshape(ifm, tuple(self.draw(st.permutations(shape))))
        order = self.draw(st.permutations(range(len(shape))))
        return self.emit(nn.TransposeOp(shaped, order))

    def reshape(self, ifm: SSAValue, shape: Shape) -> SSAValue:
        return self.emit(nn.ReshapeOp(ifm, shape))

    def feature_map_of(self, value: SSAValue) -> SSAValue:
        """A value as [N, H, W, C], where it has another rank."""
        extents = nn.shape(value)
        if len(extents) == 4:
            return value
        return self.reshape(value, (1, 1, extents[0], prod(extents[1:])))

    def residual(self, ifm: SSAValue) -> SSAValue:
        """A convolution, and the sum of it and another input of the network."""
        return self.add(self.conv2d(ifm))

    def pooled(self, ifm: SSAValue) -> SSAValue:
        """A convolution, and a pool of it."""
        return self.max_pool2d(self.conv2d(ifm))


INT8 = st.integers(-128, 127)

LAYERS: Mapping[str, Callable[[Sketch, SSAValue], SSAValue]] = {
    "conv2d": Sketch.conv2d,
    "depthwise": Sketch.depthwise,
    "fully_connected": Sketch.fully_connected,
    "add": Sketch.add,
    "add_broadcast": Sketch.add_broadcast,
    "multiply": Sketch.multiply,
    "choose": Sketch.choose,
    "matmul": Sketch.matmul,
    "softmax": Sketch.softmax,
    "requantise": Sketch.requantise,
    "lookup": Sketch.lookup,
    "max_pool2d": Sketch.max_pool2d,
    "avg_pool2d": Sketch.avg_pool2d,
    "concat": Sketch.concat,
    "slice": Sketch.slice,
    "pad": Sketch.pad,
    "transpose": Sketch.transpose,
    "residual": Sketch.residual,
    "pooled": Sketch.pooled,
}

GROWING = ("concat", "pad")


@st.composite
def networks(draw: st.DrawFn, layers: int = 3, extent: int = 7) -> Network:
    """Networks of at most so many layers, of which any two may be results."""
    sketch = Sketch(draw, extent)
    values = [sketch.feature_map()]
    for _ in range(draw(st.integers(1, layers))):
        ifm = sketch.feature_map_of(draw(st.sampled_from(values[-2:])))
        small = prod(nn.shape(ifm)) <= LARGEST
        names = [name for name in LAYERS if small or name not in GROWING]
        values.append(LAYERS[draw(st.sampled_from(names))](sketch, ifm))
    return sketch.network(values[-1], draw(st.sampled_from(values[1:])))
