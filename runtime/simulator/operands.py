"""What bytes each instruction reads and writes: one place for every address.

An operand of an instruction is a strided view of a memory space. Values, hazards and
traffic are all computed from these views, so they cannot disagree about addresses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from ...backend_aipu.program import Program
from ...dialects.aipu import Space
from .stream import Issue
from .window import Window

RECORD = 8
"""Bytes of the parameters of one channel."""

BEYOND_MEMORY = 1 << 60
"""No address is as large as this."""


@dataclass(frozen=True)
class Operand:
    """A view of memory, for every instance of an instruction.

    Element [i, j, ...] is the byte at `offset + i*strides[0] + j*strides[1] + ...` of
    `space`. `slot` is where the slot begins that it must not leave. `slot` and `offset`
    are int64 [instances], `shape` int64 [instances, rank].
    """

    buffer: str
    space: Space
    writes: bool
    slot: np.ndarray
    offset: np.ndarray
    shape: np.ndarray
    strides: tuple[int, ...]

    @property
    def bytes(self) -> np.ndarray:
        """How many bytes each instance touches, int64 [instances]."""
        return self.shape.prod(axis=1)

    @property
    def first(self) -> np.ndarray:
        """The lowest address of each instance."""
        return self.offset + weighted(self.shape - 1, np.minimum(self.strides, 0))

    @property
    def last(self) -> np.ndarray:
        """The highest address of each instance; below `first` if there is none."""
        last = self.offset + weighted(self.shape - 1, np.maximum(self.strides, 0))
        return np.where((self.shape > 0).all(axis=1), last, self.first - 1)


Operands = Mapping[str, Operand]


def weighted(counts: np.ndarray, strides: Sequence[int] | np.ndarray) -> np.ndarray:
    """`counts @ strides`, int64 [instances].

    In float64, which is exact below 2 ** 53: numbers beyond any memory must not wrap
    around into one.
    """
    bytes = counts.astype(np.float64) @ np.array(strides, np.float64)
    return np.clip(bytes, -BEYOND_MEMORY, BEYOND_MEMORY).astype(np.int64)


def operands(issue: Issue, program: Program) -> Operands:
    """The operands of an instruction by the names of their fields.

    Of a box only what lies inside of the tensor is read, and stored. A load writes all
    of it: `sram`; the part that comes from the tensor and not from `fill` is `image`.
    """
    views = _Views(issue, program)
    build = BUILDERS.get(issue.spec.mnemonic)
    return build(views) if build is not None else {}


@dataclass(frozen=True)
class _Views:
    """Builds the operands of one issue."""

    issue: Issue
    program: Program

    def extents(self, *names: str) -> list[np.ndarray]:
        """What is left of a tile along some fields, int64 [instances] each."""
        return [self.issue.evaluate(self.issue.extent(name)) for name in names]

    def view(
        self,
        name: str,
        shape: tuple[int | np.ndarray, ...],
        strides: tuple[int, ...],
        *,
        writes: bool = False,
        skip: np.ndarray | int = 0,
    ) -> Operand:
        """The view of an operand, from `skip` bytes after where it starts."""
        reference = self.issue.reference(name)
        buffer = self.program.buffer(reference.buffer)
        turn = self.issue.evaluate(reference.slot) % buffer.slots
        slot = buffer.address + turn * buffer.bytes
        columns = np.broadcast_arrays(np.zeros(self.issue.instances, np.int64), *shape)
        return Operand(
            buffer.name,
            buffer.space,
            writes,
            slot,
            slot + self.issue.evaluate(reference.byte) + skip,
            np.maximum(np.stack(columns[1:], axis=1), 0),
            strides,
        )


def _dma(views: _Views) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the part of the box inside of the tensor begins in the box, its extents,
    and where it begins in the tensor: int64 [instances, 4] each.
    """
    issue = views.issue
    origin = np.stack([issue.evaluate(i) for i in issue.indices("origin")], axis=1)
    low = np.maximum(origin, 0)
    high = np.minimum(origin + issue.integers("box"), issue.integers("shape"))
    extents = np.maximum(high - low, 0)
    extents[(extents == 0).any(axis=1)] = 0
    return low - origin, extents, low


def _load(views: _Views) -> Operands:
    box = views.issue.integers("box")
    image, dram = _inside_of_tensor(views, writes="sram")
    sram = views.view("sram", box, _dense(box), writes=True)
    return {"sram": sram, "image": image, "dram": dram}


def _store(views: _Views) -> Operands:
    image, dram = _inside_of_tensor(views, writes="dram")
    return {"sram": image, "dram": dram}


def _inside_of_tensor(views: _Views, *, writes: str) -> tuple[Operand, Operand]:
    """The part of a box that lies inside of the tensor: in SRAM, and in DRAM."""
    skipped, extents, low = _dma(views)
    dense = _dense(views.issue.integers("box"))
    strides = views.issue.integers("strides")
    shape = tuple(extents.T)
    image, dram = (
        views.view(name, shape, steps, writes=name == writes, skip=weighted(at, steps))
        for name, steps, at in (("sram", dense, skipped), ("dram", strides, low))
    )
    return image, dram


def _window_reach(views: _Views) -> tuple[int | np.ndarray, int | np.ndarray]:
    """Rows and columns of the ifm tile under the windows of the ofm tile."""
    rows, columns = views.extents("rows", "columns")
    window = Window.of(views.issue)
    return window.reach(0, rows), window.reach(1, columns)


def _ofm_tile(
    views: _Views, pitch: int, channels: int | np.ndarray, done: np.ndarray | bool
) -> Operand:
    rows, columns = views.extents("rows", "columns")
    return views.view(
        "ofm",
        (np.where(done, rows, 0), columns, channels),
        (views.issue.extent("columns").size * pitch, pitch, 1),
        writes=True,
    )


def _conv(views: _Views) -> Operands:
    issue = views.issue
    channels_tile, depth_tile = issue.extent("channels"), issue.extent("depth")
    channels, depth = issue.evaluate(channels_tile), issue.evaluate(depth_tile)
    window = Window.of(issue).size
    pitch = views.issue.integer("ifm_pitch")
    last = issue.evaluate(depth_tile.position) + depth >= depth_tile.total
    return {
        "ifm": views.view(
            "ifm",
            (*_window_reach(views), depth),
            (views.issue.integer("ifm_columns") * pitch, pitch, 1),
        ),
        "weight": views.view(
            "weight",
            (channels, window, depth),
            (window * depth_tile.size, depth_tile.size, 1),
        ),
        "parameters": views.view("parameters", (channels, RECORD), (RECORD, 1)),
        "ofm": _ofm_tile(views, channels_tile.size, channels, last),
    }


def _depthwise(views: _Views) -> Operands:
    issue = views.issue
    channels_tile = issue.extent("channels")
    channels = issue.evaluate(channels_tile)
    window = Window.of(issue).size
    pitch = views.issue.integer("ifm_pitch")
    return {
        "ifm": views.view(
            "ifm",
            (*_window_reach(views), channels),
            (views.issue.integer("ifm_columns") * pitch, pitch, 1),
        ),
        "weight": views.view("weight", (channels, window), (window, 1)),
        "parameters": views.view("parameters", (channels, RECORD), (RECORD, 1)),
        "ofm": _ofm_tile(views, channels_tile.size, channels, True),
    }


def _pool(views: _Views) -> dict[str, Operand]:
    channels = views.issue.integer("channels")
    return {
        "ifm": views.view(
            "ifm",
            (*_window_reach(views), channels),
            (views.issue.integer("ifm_columns") * channels, channels, 1),
        ),
        "ofm": _ofm_tile(views, channels, channels, True),
    }


def _avg_pool(views: _Views) -> Operands:
    records = (views.issue.integer("counts"), RECORD)
    return {
        **_pool(views),
        "parameters": views.view("parameters", records, (RECORD, 1)),
    }


def _elements(*inputs: str) -> Callable[[_Views], Operands]:
    def build(views: _Views) -> Operands:
        count = views.issue.evaluate(views.issue.extent("elements"))
        reads = {name: views.view(name, (count,), (1,)) for name in inputs}
        return {**reads, "ofm": views.view("ofm", (count,), (1,), writes=True)}

    return build


def _lookup(views: _Views) -> Operands:
    table = views.view("table", (256,), (1,))
    return {**_elements("ifm")(views), "table": table}


def _softmax(views: _Views) -> Operands:
    rows = views.issue.evaluate(views.issue.extent("rows"))
    channels = views.issue.integer("channels")
    return {
        "ifm": views.view("ifm", (rows, channels), (channels, 1)),
        "ofm": views.view("ofm", (rows, channels), (channels, 1), writes=True),
        "table": views.view("table", (256, 2), (2, 1)),
    }


def _permute(views: _Views) -> Operands:
    box = views.issue.integers("box")
    return {
        "ifm": views.view("ifm", box, views.issue.integers("strides")),
        "ofm": views.view("ofm", box, _dense(box), writes=True),
    }


def _dense(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a dense tensor of bytes."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


BUILDERS: Mapping[str, Callable[[_Views], Operands]] = {
    "dma.load": _load,
    "dma.store": _store,
    "mac.conv": _conv,
    "mac.depthwise": _depthwise,
    "vector.add": _elements("lhs", "rhs"),
    "vector.multiply": _elements("lhs", "rhs"),
    "vector.maximum": _elements("lhs", "rhs"),
    "vector.minimum": _elements("lhs", "rhs"),
    "vector.requantise": _elements("ifm"),
    "vector.lookup": _lookup,
    "vector.softmax": _softmax,
    "vector.permute": _permute,
    "vector.max_pool": _pool,
    "vector.avg_pool": _avg_pool,
}
