"""The machine as its manual says it, in loops over Python's integers.

One instruction after another, one byte after another, exact fractions for rounding:
slow, and without anything of the simulator. What the simulator computes is compared
with this.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import numpy as np

from aipu.backend_aipu.program import Instruction, Program, Reference, Value
from aipu.dialects.aipu import Extent, Index, Space

Counters = list[int]


def executed(
    instructions: tuple[Instruction, ...],
) -> Iterator[tuple[int, Instruction, Counters]]:
    """Every instruction in the order of execution: its place in the text, counters."""
    return _executed(instructions, 0, len(instructions), [])


def _executed(
    instructions: tuple[Instruction, ...], start: int, stop: int, counters: Counters
) -> Iterator[tuple[int, Instruction, Counters]]:
    position = start
    while position < stop:
        instruction = instructions[position]
        if instruction.mnemonic == "loop":
            end = _end_of(instructions, position)
            for counter in range(number(instruction, "count")):
                inside = [*counters, counter]
                yield from _executed(instructions, position + 1, end, inside)
            position = end
        else:
            yield position, instruction, counters
        position += 1


def _end_of(instructions: tuple[Instruction, ...], loop: int) -> int:
    depth = 0
    for position in range(loop, len(instructions)):
        depth += instructions[position].mnemonic == "loop"
        depth -= instructions[position].mnemonic == "end"
        if not depth:
            return position
    raise AssertionError("a loop without an end")


def index_at(index: Index, counters: Counters) -> int:
    total = index.base
    for depth, stride in enumerate(index.strides):
        total += stride * counters[depth]
    return total


def number_at(number: Index | Extent, counters: Counters) -> int:
    if isinstance(number, Index):
        return index_at(number, counters)
    return min(number.size, number.total - index_at(number.position, counters))


def number(instruction: Instruction, name: str) -> int:
    value = instruction.fields[name]
    assert isinstance(value, int)
    return value


def numbers(instruction: Instruction, name: str) -> list[int]:
    value = instruction.fields[name]
    assert isinstance(value, tuple)
    return [entry for entry in value if isinstance(entry, int)]


def narrow(
    total: int, multiplier: int, shift: int, zero_point: int, *, single: bool = False
) -> int:
    """`total * multiplier >> shift`, half to even: so rounds Python's `round`."""
    if single:
        factor = Fraction(multiplier, 1 << shift)
        product = Fraction(float(np.float32(total))) * Fraction(
            float(np.float32(factor))
        )
        return round(float(np.float32(product))) + zero_point
    return round(Fraction(total * multiplier, 1 << shift)) + zero_point


def clamp(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


class PlainMachine:
    """Memories of a program as lists of bytes, signed; `memory` may be set freely."""

    def __init__(self, program: Program, memory: Mapping[Space, np.ndarray]):
        self.program = program
        self.memory = {space: bytes_.tolist() for space, bytes_ in memory.items()}
        self.sums: dict[tuple[int, ...], int] = {}

    def run(self, entry: int = 0) -> None:
        """Execute all instructions of an entry."""
        for _, instruction, counters in executed(
            self.program.entries[entry].instructions
        ):
            self.step(instruction, counters)

    def step(self, instruction: Instruction, counters: Counters) -> None:
        """Execute one instruction at one value of the loop counters."""
        _Step(self, instruction, counters).execute()


class _Step:
    """One instruction at one value of the loop counters."""

    def __init__(
        self, machine: PlainMachine, instruction: Instruction, counters: Counters
    ):
        self.machine = machine
        self.instruction = instruction
        self.counters = counters
        self.places = {
            name: self.place(value)
            for name, value in instruction.fields.items()
            if isinstance(value, Reference)
        }

    def execute(self) -> None:
        _, _, name = self.instruction.mnemonic.partition(".")
        if name:
            getattr(self, name)()

    def of(self, name: str) -> int:
        """A field that is a number, an index, or an extent."""
        value: Value = self.instruction.fields[name]
        if isinstance(value, Index | Extent):
            return number_at(value, self.counters)
        return number(self.instruction, name)

    def size(self, name: str) -> int:
        """What a whole tile has along an extent."""
        value = self.instruction.fields[name]
        assert isinstance(value, Extent)
        return value.size

    def several(self, name: str) -> list[int]:
        return numbers(self.instruction, name)

    def place(self, reference: Reference) -> tuple[Space, int]:
        """The memory of an operand, and the address of its first byte."""
        buffer = self.machine.program.buffer(reference.buffer)
        slot = index_at(reference.slot, self.counters) % buffer.slots
        byte = index_at(reference.byte, self.counters)
        return buffer.space, buffer.address + slot * buffer.bytes + byte

    def get(self, name: str, byte: int) -> int:
        space, address = self.places[name]
        return self.machine.memory[space][address + byte]

    def put(self, name: str, byte: int, value: int) -> None:
        assert -128 <= value <= 127
        space, address = self.places[name]
        self.machine.memory[space][address + byte] = value

    @property
    def is_leaky(self) -> bool:
        """Whether sums below 0 are scaled in another way."""
        return self.instruction.mnemonic.endswith("_leaky")

    def record(self, record: int, word: int = 1) -> tuple[int, int, int, bool]:
        """Bias, multiplier, shift of a record of the parameters; and the last bit.

        `word` says where multiplier and shift stand in it.
        """
        size = 12 if self.is_leaky else 8
        first = size * record
        raw = bytes(self.get("parameters", first + i) & 255 for i in range(size))
        bias = int.from_bytes(raw[:4], "little", signed=True)
        scaling = int.from_bytes(raw[4 * word : 4 * word + 4], "little")
        multiplier = scaling % 65536 + ((scaling >> 22 & 511) << 16)
        return bias, multiplier, scaling >> 16 & 63, bool(scaling >> 31)

    def box(self) -> Iterator[tuple[int, int | None]]:
        """For each byte of the dense image: where it is in the tensor, if it is."""
        origin = self.instruction.fields["origin"]
        assert isinstance(origin, tuple)
        corner = [index_at(i, self.counters) for i in origin if isinstance(i, Index)]
        shape, strides = self.several("shape"), self.several("strides")
        extents = self.several("box")
        for byte, element in enumerate(product(*map(range, extents))):
            at = [a + b for a, b in zip(corner, element, strict=True)]
            inside = all(0 <= a < n for a, n in zip(at, shape, strict=True))
            offset = sum(a * s for a, s in zip(at, strides, strict=True))
            yield byte, offset if inside else None

    def load(self) -> None:
        for byte, offset in self.box():
            value = self.of("fill") if offset is None else self.get("dram", offset)
            self.put("sram", byte, value)

    def store(self) -> None:
        for byte, offset in self.box():
            if offset is not None:
                self.put("dram", offset, self.get("sram", byte))

    def pixel(self, y: int, x: int, i: int, j: int, channel: int, pitch: int) -> int:
        """The value under element [i, j] of the window at [y, x]."""
        fields = self.instruction.fields
        stride = self.several("stride")
        dilation = self.several("dilation") if "dilation" in fields else [1, 1]
        row = y * stride[0] + i * dilation[0]
        column = x * stride[1] + j * dilation[1]
        return self.get(
            "ifm", (row * self.of("ifm_columns") + column) * pitch + channel
        )

    def tile(self) -> Iterator[tuple[int, int]]:
        return product(range(self.of("rows")), range(self.of("columns")))

    def window(self) -> Iterator[tuple[int, int]]:
        rows, columns = self.several("kernel")
        return product(range(rows), range(columns))

    def finish(self, pixel: tuple[int, int], channel: int, pitch: int, total: int):
        """Narrow a sum to its byte of the ofm."""
        zero_point = self.of("zero_point")
        if self.is_leaky and total < 0:
            _, multiplier, shift, negative = self.record(channel, 2)
            value = narrow(-total if negative else total, multiplier, shift, zero_point)
        else:
            _, multiplier, shift, single = self.record(channel)
            value = narrow(total, multiplier, shift, zero_point, single=single)
        at = self.in_map(pixel, channel, pitch)
        self.put("ofm", at, clamp(value, self.of("low"), self.of("high")))

    def in_map(self, pixel: tuple[int, int], channel: int, channels: int) -> int:
        """Where an element of the ofm lies in its map, or in its dense tile."""
        columns = self.of("ofm_columns") or self.size("columns")
        pitch = self.of("ofm_pitch") or channels
        return (pixel[0] * columns + pixel[1]) * pitch + channel

    def conv(self) -> None:
        share, full = self.instruction.fields["depth"], self.instruction.fields
        assert isinstance(share, Extent)
        position, depth = index_at(share.position, self.counters), self.of("depth")
        channels = full["channels"]
        assert isinstance(channels, Extent)
        _, kernel_columns = self.several("kernel")
        taps = len(list(self.window())) * share.size
        finished: list[tuple[tuple[int, int], int, int]] = []
        for (y, x), m in product(self.tile(), range(self.of("channels"))):
            total = self.record(m)[0] if not position else self.machine.sums[y, x, m]
            for (i, j), k in product(self.window(), range(depth)):
                tap = (i * kernel_columns + j) * share.size + k
                weight = self.get("weight", m * taps + tap)
                total += self.pixel(y, x, i, j, k, self.of("ifm_pitch")) * weight
            finished.append(((y, x), m, total))
        for (y, x), m, total in finished:
            self.machine.sums[y, x, m] = total
            if position + depth >= share.total:
                self.finish((y, x), m, channels.size, total)

    def conv_leaky(self) -> None:
        self.conv()

    def depthwise_leaky(self) -> None:
        self.depthwise()

    def depthwise(self) -> None:
        channels = self.instruction.fields["channels"]
        assert isinstance(channels, Extent)
        rows, columns = self.several("kernel")
        for (y, x), m in product(self.tile(), range(self.of("channels"))):
            total = self.record(m)[0]
            for i, j in self.window():
                weight = self.get("weight", m * rows * columns + i * columns + j)
                total += self.pixel(y, x, i, j, m, self.of("ifm_pitch")) * weight
            self.finish((y, x), m, channels.size, total)

    def elements(self) -> Iterator[dict[str, int]]:
        """For each element of rows of pixels: where it is in each operand."""
        fields = self.instruction.fields
        pitches = {
            name: (*self.several(f"{name}_pitches"), 1)
            for name in ("lhs", "rhs", "ifm", "ofm")
            if name in fields
        }
        extents = (range(self.of(name)) for name in ("rows", "columns", "elements"))
        for place in product(*extents):
            yield {
                name: sum(i * s for i, s in zip(place, steps, strict=True))
                for name, steps in pitches.items()
            }

    def add(self) -> None:
        total, left, right = self.several("multipliers")
        zero_lhs, zero_rhs, zero_ofm = self.several("zero_points")
        for at in self.elements():
            lhs = (self.get("lhs", at["lhs"]) - zero_lhs) * left
            rhs = (self.get("rhs", at["rhs"]) - zero_rhs) * right
            value = narrow(lhs + rhs, total, self.of("shift"), zero_ofm)
            self.put("ofm", at["ofm"], clamp(value, self.of("low"), self.of("high")))

    def multiply(self) -> None:
        zero_lhs, zero_rhs, zero_ofm = self.several("zero_points")
        for at in self.elements():
            product = (self.get("lhs", at["lhs"]) - zero_lhs) * (
                self.get("rhs", at["rhs"]) - zero_rhs
            )
            value = narrow(product, self.of("multiplier"), self.of("shift"), zero_ofm)
            self.put("ofm", at["ofm"], clamp(value, self.of("low"), self.of("high")))

    def maximum(self) -> None:
        for at in self.elements():
            value = max(self.get("lhs", at["lhs"]), self.get("rhs", at["rhs"]))
            self.put("ofm", at["ofm"], clamp(value, self.of("low"), self.of("high")))

    def minimum(self) -> None:
        for at in self.elements():
            value = min(self.get("lhs", at["lhs"]), self.get("rhs", at["rhs"]))
            self.put("ofm", at["ofm"], clamp(value, self.of("low"), self.of("high")))

    def requantise(self) -> None:
        zero_ifm, zero_ofm = self.several("zero_points")
        for at in self.elements():
            value = self.get("ifm", at["ifm"]) - zero_ifm
            value = narrow(value, self.of("multiplier"), self.of("shift"), zero_ofm)
            self.put("ofm", at["ofm"], clamp(value, self.of("low"), self.of("high")))

    def lookup(self) -> None:
        for at in self.elements():
            self.put(
                "ofm", at["ofm"], self.get("table", self.get("ifm", at["ifm"]) + 128)
            )

    def softmax(self) -> None:
        channels = self.of("channels")
        for row in range(self.of("rows")):
            line = range(row * channels, (row + 1) * channels)
            greatest = max(self.get("ifm", byte) for byte in line)
            places = [255 + self.get("ifm", byte) - greatest for byte in line]
            powers = [
                (self.get("table", 2 * at) & 255)
                + 256 * (self.get("table", 2 * at + 1) & 255)
                for at in places
            ]
            total = max(256 * sum(powers), 1)
            for byte, power in zip(line, powers, strict=True):
                share = round(Fraction(power * self.of("levels"), total))
                value = share + self.of("zero_point")
                self.put("ofm", byte, clamp(value, self.of("low"), self.of("high")))

    def permute(self) -> None:
        strides = self.several("strides")
        elements = product(*map(range, self.several("box")))
        values = [
            self.get("ifm", sum(a * s for a, s in zip(element, strides, strict=True)))
            for element in elements
        ]
        for byte, value in enumerate(values):
            self.put("ofm", byte, value)

    def max_pool(self) -> None:
        channels = self.of("channels")
        pitch = self.of("ifm_pitch") or channels
        for (y, x), c in product(self.tile(), range(channels)):
            under = [self.pixel(y, x, i, j, c, pitch) for i, j in self.window()]
            at = self.in_map((y, x), c, channels)
            self.put("ofm", at, max(under))

    def avg_pool(self) -> None:
        channels, (zero_ifm, zero_ofm) = (
            self.of("channels"),
            self.several("zero_points"),
        )
        pitch = self.of("ifm_pitch") or channels
        corner = (self.of("corner_row"), self.of("corner_column"))
        stride, inside = self.several("stride"), self.several("inside")
        for (y, x), c in product(self.tile(), range(channels)):
            total = count = 0
            for i, j in self.window():
                total += self.pixel(y, x, i, j, c, pitch) - zero_ifm
                row = corner[0] + y * stride[0] + i
                column = corner[1] + x * stride[1] + j
                count += 0 <= row < inside[0] and 0 <= column < inside[1]
            record = count - 1 if self.of("counts") > 1 else 0
            _, multiplier, shift, single = self.record(record)
            value = narrow(total, multiplier, shift, zero_ofm, single=single)
            at = self.in_map((y, x), c, channels)
            self.put("ofm", at, clamp(value, self.of("low"), self.of("high")))
