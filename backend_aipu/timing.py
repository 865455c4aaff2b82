"""How long an instruction keeps its engine, in closed form, by its timing class.

The simulator asks for all instances of an instruction at once, the cost model for one
tile: the same functions, of whole numbers or of int64 arrays of them. Transfers are not
here, for what they move depends on where the box lies: `traffic` and `Machine` say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Generic, Protocol

from ..dialects.aipu import Dataflow
from .counts import Count, ceil_divide
from .machine import Machine
from .systolic import Cycles, depthwise_cycles, gemm_cycles
from .views import Sizes, View, left


class Timing(StrEnum):
    """How the cycles of an instruction come about."""

    LAUNCH = auto()
    NONE = auto()
    TRANSFER = auto()
    CONVOLUTION = auto()
    DEPTHWISE = auto()
    ELEMENTS = auto()
    WINDOWS = auto()
    ROWS = auto()


@dataclass(frozen=True)
class Effort(Generic[Count]):
    """What an instruction does: the cycles of its engine, MACs, vector elements."""

    cycles: Cycles[Count]
    macs: Count
    vector_elements: Count


class ClosedForm(Protocol):
    """The effort of an instruction of some sizes, that writes so large an ofm."""

    def __call__(
        self, sizes: Sizes[Count], ofm: View, machine: Machine
    ) -> Effort[Count]: ...


def _convolution(sizes: Sizes[Count], ofm: View, machine: Machine) -> Effort[Count]:
    pixels = sizes.left("rows") * sizes.left("columns")
    reduction = left("window", sizes) * sizes.left("depth")
    channels = sizes.left("channels")
    dataflow = Dataflow(sizes.word("dataflow"))
    cycles = gemm_cycles(machine.array, dataflow, pixels, reduction, channels)
    return Effort(cycles, pixels * reduction * channels, sizes.number(0))


def _depthwise(sizes: Sizes[Count], ofm: View, machine: Machine) -> Effort[Count]:
    pixels = sizes.left("rows") * sizes.left("columns")
    window, channels = left("window", sizes), sizes.left("channels")
    cycles = depthwise_cycles(machine.array, pixels, window, channels)
    return Effort(cycles, pixels * window * channels, sizes.number(0))


def _elements(sizes: Sizes[Count], ofm: View, machine: Machine) -> Effort[Count]:
    """Each element of the ofm once."""
    return _vector(sizes, ofm.elements(sizes), machine)


def _windows(sizes: Sizes[Count], ofm: View, machine: Machine) -> Effort[Count]:
    """Each element of each window."""
    return _vector(sizes, ofm.elements(sizes) * left("window", sizes), machine)


def _rows(sizes: Sizes[Count], ofm: View, machine: Machine) -> Effort[Count]:
    """Each element of a row as often as there are passes over it."""
    passes = machine.vector.row_passes
    return _vector(sizes, ofm.elements(sizes) * passes, machine)


def _vector(sizes: Sizes[Count], elements: Count, machine: Machine) -> Effort[Count]:
    nothing = sizes.number(0)
    cycles = ceil_divide(elements, machine.vector.lanes)
    return Effort(Cycles(cycles, nothing, nothing), nothing, elements)


CLOSED_FORMS: Mapping[Timing, ClosedForm] = {
    Timing.CONVOLUTION: _convolution,
    Timing.DEPTHWISE: _depthwise,
    Timing.ELEMENTS: _elements,
    Timing.WINDOWS: _windows,
    Timing.ROWS: _rows,
}
