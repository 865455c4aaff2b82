"""Small programs around one instruction, its fields drawn at random but in range.

They run in loops, on buffers with slots, and tiles at the edge of a tensor are cut.
What lies in the memories is for the test to say.
"""

from collections.abc import Mapping, Sequence
from math import prod

from hypothesis import strategies as st

from aipu.backend_aipu.program import (
    Buffer,
    Entry,
    Instruction,
    Program,
    Reference,
    Value,
)
from aipu.dialects.aipu import Dataflow, Extent, Index, Space, index

SMALL = st.integers(1, 3)
INT8 = st.integers(-128, 127)
TURN = st.integers(0, 1)
PIXELS = ("rows", "columns", "elements")


class Sketch:
    """A program that is being drawn: loops with their counts, and buffers."""

    def __init__(self, draw: st.DrawFn, loops: Sequence[str]):
        self.draw = draw
        self.loops = {name: draw(SMALL) for name in loops}
        self.buffers: list[Buffer] = []

    def follow(self, base: int = 0, **strides: int) -> Index:
        """`base + sum(stride * counter)`."""
        return index(base, [strides.get(loop, 0) for loop in self.loops])

    def extent(self, size: int, loop: str) -> Extent:
        """Tiles of `size` along a loop; the last one may be cut."""
        cut = self.draw(st.integers(0, size - 1))
        return Extent(size, size * self.loops[loop] - cut, self.follow(**{loop: size}))

    def operand(self, name: str, bytes: int, space: Space = Space.SRAM) -> Reference:
        """A buffer of its own, in which `bytes` bytes begin somewhere."""
        draw, slots = self.draw, self.draw(SMALL)
        first, behind = draw(st.integers(0, 5)), draw(st.integers(0, 5))
        ends = [buffer.end for buffer in self.buffers if buffer.space is space]
        address = max(ends, default=0) + draw(st.integers(0, 3))
        size = first + bytes + behind
        self.buffers.append(Buffer(name, space, address, size, slots))
        turns = {loop: draw(st.integers(0, 3)) for loop in self.loops}
        return Reference(name, self.follow(**turns), Index(first))

    def pixels(self, *names: str) -> dict[str, Value]:
        """Operands of rows of pixels, which lie apart; one that is read may repeat."""
        draw = self.draw
        sizes = {name: draw(SMALL) for name in ("rows", "columns", "elements")}
        rows, columns, elements = sizes.values()
        fields: dict[str, Value] = {
            name: self.extent(size, name) for name, size in sizes.items()
        }
        for name in names:
            pixel = elements + draw(st.integers(0, 3))
            row = (columns - 1) * pixel + elements + draw(st.integers(0, 3))
            if name != "ofm":
                row, pixel = row * draw(TURN), pixel * draw(TURN)
            last = (rows - 1) * row + (columns - 1) * pixel
            fields[name] = self.operand(name, last + elements)
            fields[f"{name}_pitches"] = (row, pixel)
        return fields

    def in_map(self, rows: int, columns: int, channels: int) -> dict[str, Value]:
        """An ofm that lies in a larger map, or dense."""
        map_columns = columns + self.draw(st.integers(0, 2))
        pitch = channels + self.draw(st.integers(0, 2))
        last = ((rows - 1) * map_columns + columns - 1) * pitch
        return {
            "ofm": self.operand("ofm", last + channels),
            "ofm_columns": map_columns * (map_columns > columns or self.draw(TURN)),
            "ofm_pitch": pitch * (pitch > channels or self.draw(TURN)),
        }

    def program(self, mnemonic: str, fields: Mapping[str, Value]) -> Program:
        """The instruction inside of all loops."""
        opened = [
            Instruction("loop", {"counter": name, "count": count})
            for name, count in self.loops.items()
        ]
        body = (
            Instruction("launch", {"work": "work", "credits": ()}),
            *opened,
            Instruction(mnemonic, fields, source="node"),
            *[Instruction("end")] * len(opened),
        )
        entry = Entry("main", (), (), body)
        return Program("tiny", (), tuple(self.buffers), (entry,))


def clamps(draw: st.DrawFn) -> dict[str, Value]:
    low, high = sorted((draw(INT8), draw(INT8)))
    return draw(
        st.sampled_from([{"low": -128, "high": 127}, {"low": low, "high": high}])
    )


def sizes(draw: st.DrawFn, greatest: int) -> tuple[int, int]:
    return draw(st.integers(1, greatest)), draw(st.integers(1, greatest))


def reach(count: int, kernel: int, stride: int, dilation: int) -> int:
    return (count - 1) * stride + (kernel - 1) * dilation + 1


def record(mnemonic: str) -> int:
    """Bytes of the parameters of a channel."""
    return 12 if mnemonic.endswith("_leaky") else 8


@st.composite
def convolutions(draw: st.DrawFn, mnemonic: str = "mac.conv") -> Program:
    """In loops over rows, columns, channels and shares of the depth."""
    sketch = Sketch(draw, ("row", "column", "channel", "depth"))
    rows, columns, channels, depth = (draw(SMALL) for _ in range(4))
    kernel, stride, dilation = sizes(draw, 3), sizes(draw, 3), sizes(draw, 2)
    ifm_columns = reach(columns, kernel[1], stride[1], dilation[1])
    ifm_columns += draw(st.integers(0, 2))
    pitch = depth + draw(st.integers(0, 3))
    ifm_rows = reach(rows, kernel[0], stride[0], dilation[0])
    fields: dict[str, Value] = {
        "ifm": sketch.operand("ifm", ifm_rows * ifm_columns * pitch),
        "weight": sketch.operand("weight", channels * prod(kernel) * depth),
        "parameters": sketch.operand("parameters", record(mnemonic) * channels),
        **sketch.in_map(rows, columns, channels),
        "ifm_pitch": pitch,
        "ifm_columns": ifm_columns,
        "rows": sketch.extent(rows, "row"),
        "columns": sketch.extent(columns, "column"),
        "channels": sketch.extent(channels, "channel"),
        "kernel": kernel,
        "stride": stride,
        "dilation": dilation,
        "zero_point": draw(INT8),
        **clamps(draw),
        "depth": sketch.extent(depth, "depth"),
        "dataflow": draw(st.sampled_from(Dataflow)),
    }
    return sketch.program(mnemonic, fields)


@st.composite
def depthwise_convolutions(draw: st.DrawFn, mnemonic: str = "mac.depthwise") -> Program:
    """In loops over rows, columns and channels."""
    sketch = Sketch(draw, ("row", "column", "channel"))
    rows, columns, channels = (draw(SMALL) for _ in range(3))
    kernel, stride, dilation = sizes(draw, 3), sizes(draw, 3), sizes(draw, 2)
    ifm_columns = reach(columns, kernel[1], stride[1], dilation[1])
    ifm_columns += draw(st.integers(0, 2))
    pitch = channels + draw(st.integers(0, 3))
    ifm_rows = reach(rows, kernel[0], stride[0], dilation[0])
    fields: dict[str, Value] = {
        "ifm": sketch.operand("ifm", ifm_rows * ifm_columns * pitch),
        "weight": sketch.operand("weight", channels * prod(kernel)),
        "parameters": sketch.operand("parameters", record(mnemonic) * channels),
        **sketch.in_map(rows, columns, channels),
        "ifm_pitch": pitch,
        "ifm_columns": ifm_columns,
        "rows": sketch.extent(rows, "row"),
        "columns": sketch.extent(columns, "column"),
        "channels": sketch.extent(channels, "channel"),
        "kernel": kernel,
        "stride": stride,
        "dilation": dilation,
        "zero_point": draw(INT8),
        **clamps(draw),
    }
    return sketch.program(mnemonic, fields)


@st.composite
def transfers(draw: st.DrawFn, mnemonic: str) -> Program:
    """A `dma` of boxes that may reach out of a tensor, whose strides have any sign."""
    sketch = Sketch(draw, ("image", "row"))
    shape = tuple(draw(SMALL) for _ in range(4))
    box = tuple(draw(st.integers(1, 4)) for _ in range(4))
    steps = draw(st.permutations(range(4)))
    strides, size = [0] * 4, draw(SMALL)
    for axis in steps:
        strides[axis] = size * draw(st.sampled_from([1, -1]))
        size *= shape[axis] + draw(st.integers(0, 1))
    back = sum(-(n - 1) * s for n, s in zip(shape, strides, strict=True) if s < 0)
    dram = sketch.operand("dram", size, Space.DRAM)
    small = st.integers(-2, 2)
    fields: dict[str, Value] = {
        "sram": sketch.operand("sram", prod(box)),
        "dram": dram._replace(byte=Index(dram.byte.base + back)),
        "shape": shape,
        "strides": tuple(strides),
        "origin": tuple(
            sketch.follow(draw(small), image=draw(small), row=draw(small))
            for _ in range(4)
        ),
        "box": box,
    }
    if mnemonic == "dma.load":
        fields["fill"] = draw(INT8)
    return sketch.program(mnemonic, fields)


@st.composite
def additions(draw: st.DrawFn) -> Program:
    """`vector.add` on pieces of a feature map."""
    sketch = Sketch(draw, PIXELS)
    factors = st.sampled_from([1, -1, 3, 1 << 14, 32767, -32768])
    fields: dict[str, Value] = {
        **sketch.pixels("lhs", "rhs", "ofm"),
        "multipliers": (draw(factors), draw(factors), draw(factors)),
        "shift": draw(st.integers(0, 40)),
        "zero_points": (draw(INT8), draw(INT8), draw(INT8)),
        **clamps(draw),
    }
    return sketch.program("vector.add", fields)


@st.composite
def multiplications(draw: st.DrawFn) -> Program:
    """`vector.multiply` on pieces of a feature map."""
    sketch = Sketch(draw, PIXELS)
    fields: dict[str, Value] = {
        **sketch.pixels("lhs", "rhs", "ofm"),
        "multiplier": draw(st.sampled_from([0, 1, 3, 1 << 14, 32767])),
        "shift": draw(st.integers(0, 31)),
        "zero_points": (draw(INT8), draw(INT8), draw(INT8)),
        **clamps(draw),
    }
    return sketch.program("vector.multiply", fields)


@st.composite
def choices(draw: st.DrawFn, mnemonic: str) -> Program:
    """`vector.maximum` or `vector.minimum` on pieces of a feature map."""
    sketch = Sketch(draw, PIXELS)
    fields: dict[str, Value] = {
        **sketch.pixels("lhs", "rhs", "ofm"),
        **clamps(draw),
    }
    return sketch.program(mnemonic, fields)


@st.composite
def requantisations(draw: st.DrawFn) -> Program:
    """`vector.requantise` on pieces of a feature map."""
    sketch = Sketch(draw, PIXELS)
    fields: dict[str, Value] = {
        **sketch.pixels("ifm", "ofm"),
        "multiplier": draw(st.sampled_from([0, 1, 3, 1 << 14, 32767])),
        "shift": draw(st.integers(0, 31)),
        "zero_points": (draw(INT8), draw(INT8)),
        **clamps(draw),
    }
    return sketch.program("vector.requantise", fields)


@st.composite
def lookups(draw: st.DrawFn) -> Program:
    """`vector.lookup` on pieces of a feature map."""
    sketch = Sketch(draw, PIXELS)
    fields: dict[str, Value] = {
        **sketch.pixels("ifm", "ofm"),
        "table": sketch.operand("table", 256),
    }
    return sketch.program("vector.lookup", fields)


@st.composite
def softmaxes(draw: st.DrawFn) -> Program:
    """`vector.softmax` on some rows of a feature map."""
    sketch = Sketch(draw, ("row",))
    rows, channels = draw(SMALL), draw(st.integers(1, 9))
    fields: dict[str, Value] = {
        "ifm": sketch.operand("ifm", rows * channels),
        "ofm": sketch.operand("ofm", rows * channels),
        "table": sketch.operand("table", 512),
        "rows": sketch.extent(rows, "row"),
        "channels": channels,
        "levels": draw(st.sampled_from([1, 255 * 256, 65536, 1 << 26])),
        "zero_point": draw(INT8),
        **clamps(draw),
    }
    return sketch.program("vector.softmax", fields)


@st.composite
def permutations(draw: st.DrawFn) -> Program:
    """`vector.permute` with strides of any kind."""
    sketch = Sketch(draw, ("row",))
    box = tuple(draw(SMALL) for _ in range(4))
    strides = tuple(draw(st.integers(0, 6)) for _ in range(4))
    last = sum((n - 1) * s for n, s in zip(box, strides, strict=True))
    fields: dict[str, Value] = {
        "ifm": sketch.operand("ifm", last + 1),
        "ofm": sketch.operand("ofm", prod(box)),
        "box": box,
        "strides": strides,
    }
    return sketch.program("vector.permute", fields)


@st.composite
def pools(draw: st.DrawFn, mnemonic: str) -> Program:
    """`vector.max_pool`, or `vector.avg_pool` with one record or one a count."""
    sketch = Sketch(draw, ("row", "column"))
    rows, columns, channels = (draw(SMALL) for _ in range(3))
    kernel, stride = sizes(draw, 3), sizes(draw, 3)
    ifm_rows = reach(rows, kernel[0], stride[0], 1)
    ifm_columns = reach(columns, kernel[1], stride[1], 1) + draw(st.integers(0, 2))
    pitch = channels + draw(st.integers(0, 2))
    tiles = sketch.extent(rows, "row"), sketch.extent(columns, "column")
    fields: dict[str, Value] = {
        "ifm": sketch.operand("ifm", ifm_rows * ifm_columns * pitch),
        "ifm_pitch": pitch * (pitch > channels or draw(TURN)),
        **sketch.in_map(rows, columns, channels),
        "ifm_columns": ifm_columns,
        "rows": tiles[0],
        "columns": tiles[1],
        "channels": channels,
        "kernel": kernel,
        "stride": stride,
    }
    if mnemonic == "vector.avg_pool":
        before = [draw(st.integers(0, size - 1)) for size in kernel]
        inside = [
            reach(tile.total, size, step, 1) - first
            for tile, size, step, first in zip(
                tiles, kernel, stride, before, strict=True
            )
        ]
        inside = [
            extent - draw(st.integers(0, min(size, extent) - 1))
            for extent, size in zip(inside, kernel, strict=True)
        ]
        counts = draw(st.sampled_from([1, prod(kernel)]))
        fields |= {
            "parameters": sketch.operand("parameters", 8 * counts),
            "counts": counts,
            "inside": tuple(inside),
            "corner_row": sketch.follow(-before[0], row=rows * stride[0]),
            "corner_column": sketch.follow(-before[1], column=columns * stride[1]),
            "zero_points": (draw(INT8), draw(INT8)),
            **clamps(draw),
        }
    return sketch.program(mnemonic, fields)
