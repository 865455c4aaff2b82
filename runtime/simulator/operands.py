"""What bytes each instruction reads and writes: one place for every address.

An operand of an instruction is a strided view of a memory space. Values, hazards and
traffic are all computed from these views, so they cannot disagree about addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...backend_aipu.fields import ReferenceField
from ...backend_aipu.program import Program
from ...backend_aipu.timing import Timing
from ...dialects.aipu import Space
from .stream import Issue

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
    if issue.spec.timing is Timing.TRANSFER:
        return _transfer(views)
    return {name: views.operand(field) for name, field in issue.spec.operands.items()}


@dataclass(frozen=True)
class _Views:
    """Builds the operands of one issue."""

    issue: Issue
    program: Program

    def operand(self, field: ReferenceField) -> Operand:
        """An operand as its field says."""
        view, issue = field.view, self.issue
        first, *others = view.extents(issue)
        if view.share:
            first = np.where(issue.is_last(view.share), first, 0)
        return self.view(field, (first, *others), view.strides(issue))

    def view(
        self,
        field: ReferenceField,
        shape: Sequence[np.ndarray],
        strides: tuple[int, ...],
        skip: np.ndarray | int = 0,
    ) -> Operand:
        """A view of the bytes of a field, from `skip` bytes after where it starts."""
        reference = self.issue.reference(field.name)
        buffer = self.program.buffer(reference.buffer)
        turn = self.issue.evaluate(reference.slot) % buffer.slots
        slot = buffer.address + turn * buffer.bytes
        return Operand(
            buffer.name,
            buffer.space,
            field.writes,
            slot,
            slot + self.issue.evaluate(reference.byte) + skip,
            np.maximum(np.stack(shape, axis=1), 0),
            strides,
        )


def _transfer(views: _Views) -> Operands:
    """The box in SRAM, and the part of it that lies inside of the tensor, in both."""
    fields = views.issue.spec.operands
    skipped, extents, low = _inside_of_tensor(views.issue)
    image, dram = (
        views.view(field, [*extents.T], strides, weighted(at, strides))
        for field, strides, at in (
            (fields["sram"], fields["sram"].view.strides(views.issue), skipped),
            (fields["dram"], fields["dram"].view.strides(views.issue), low),
        )
    )
    if not fields["sram"].writes:
        return {"sram": image, "dram": dram}
    return {"sram": views.operand(fields["sram"]), "image": image, "dram": dram}


def _inside_of_tensor(issue: Issue) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the part of the box inside of the tensor begins in the box, its extents,
    and where it begins in the tensor: int64 [instances, 4] each.
    """
    origin = np.stack([issue.evaluate(i) for i in issue.indices("origin")], axis=1)
    low = np.maximum(origin, 0)
    high = np.minimum(origin + issue.integers("box"), issue.integers("shape"))
    extents = np.maximum(high - low, 0)
    extents[(extents == 0).any(axis=1)] = 0
    return low - origin, extents, low
