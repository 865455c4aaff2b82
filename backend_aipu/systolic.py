"""How many cycles the MAC array takes: closed forms, checked PE by PE in the tests.

A matrix product [pixels, reduction] x [reduction, channels] runs in folds. A fold lays
two of the three extents over the R rows and C columns of the array, and walks the third
in steps, one a cycle:

    dataflow   over rows   over columns   in steps    stays in the PEs
    ws         reduction   channels       pixels      a tile of weights
    is         reduction   pixels         channels    a tile of inputs
    os         pixels      channels       reduction   a tile of sums

In ws and is a fold of T steps loads its tile row by row in R cycles, then streams the
steps; the last sum leaves R + C - 2 cycles after the last step has entered. In os that
step reaches the far corner after R + C - 2 cycles, and the sums drain in R more. Either
way the fold takes T + 2R + C - 2 cycles.

Serial folds wait for one another, as in SCALE-Sim 3; like there, the sums of os then
leave the PEs at no cost. Overlapped folds need a second register in each PE: the next
tile loads, or the last sums drain, behind the running fold, so that folds start
max(T, R) cycles apart, and F folds of T steps take

    (F - 1) * max(T, R) + T + 2R + C - 2.

In ws and is the sums of a fold lie in accumulators that hold so many steps a column; a
longer stream is cut into stretches of that length, and each stretch has its folds.
"""

from dataclasses import dataclass
from typing import Generic

from ..dialects.aipu import Dataflow
from .counts import Count, ceil_divide, shortfall
from .machine import ACCUMULATOR_BYTES, MacArray

UNBOUNDED = 2**62


@dataclass(frozen=True)
class Cycles(Generic[Count]):
    """Cycles of the array by cause: ints, or int64 arrays.

    compute: what the MACs would take with every PE busy, rounded down.
    partial: the rest of the steps, in which some PEs have nothing to do.
    fill_drain: cycles in which no step enters: operands load, sums leave.
    """

    compute: Count
    partial: Count
    fill_drain: Count

    @property
    def total(self) -> Count:
        """All cycles; the parts add up to it."""
        return self.compute + self.partial + self.fill_drain


def gemm_cycles(
    array: MacArray,
    dataflow: Dataflow,
    pixels: Count,
    reduction: Count,
    channels: Count,
) -> Cycles[Count]:
    """The cycles of [pixels, reduction] x [reduction, channels], extents positive.

    Exact while `pixels * reduction * channels` fits in int64.
    """
    over_rows, over_columns, steps = {
        Dataflow.WS: (reduction, channels, pixels),
        Dataflow.IS: (reduction, pixels, channels),
        Dataflow.OS: (pixels, channels, reduction),
    }[dataflow]
    rows, columns = array.rows, array.columns
    folds = ceil_divide(over_rows, rows) * ceil_divide(over_columns, columns)
    fill = 2 * rows + columns - 2
    if dataflow == Dataflow.OS and not array.double_buffered_weights:
        fill -= rows
    stretch = UNBOUNDED if dataflow == Dataflow.OS else stretch_steps(array)
    overhead = _overhead(array, folds, steps, stretch, rows, fill)
    return _cycles(array, pixels * reduction * channels, folds * steps, overhead)


def depthwise_cycles(
    array: MacArray, pixels: Count, window: Count, channels: Count
) -> Cycles[Count]:
    """The cycles of a depthwise convolution with `window` weights for each channel.

    A column holds a channel, whose inputs enter it from the top; only the first row
    multiplies. A fold is one weight of the window: it loads in one cycle, streams the
    pixels, and its last sum leaves R + C - 2 cycles later.
    """
    folds = window * ceil_divide(channels, array.columns)
    fill = array.rows + array.columns - 1
    overhead = _overhead(array, folds, pixels, stretch_steps(array), 1, fill)
    return _cycles(array, pixels * window * channels, folds * pixels, overhead)


def stretch_steps(array: MacArray) -> int:
    """How many steps, of all columns, the accumulators of one tile hold."""
    return array.accumulator_bytes // (ACCUMULATOR_BYTES * array.columns)


def _overhead(
    array: MacArray, folds: Count, steps: Count, stretch: int, load: int, fill: int
) -> Count:
    """The cycles in which no step enters.

    Serial folds each pay `fill`. Overlapped folds pay it once, and each but the last
    waits until the operands of the next have come in, which takes `load` cycles.
    """
    stretches = ceil_divide(steps, stretch)
    if not array.double_buffered_weights:
        return stretches * folds * fill
    last_stretch = steps - (stretches - 1) * stretch
    waits = (stretches - 1) * folds * shortfall(stretch, load)
    return waits + (folds - 1) * shortfall(last_stretch, load) + fill


def _cycles(
    array: MacArray, macs: Count, steps: Count, overhead: Count
) -> Cycles[Count]:
    compute = macs // (array.rows * array.columns)
    return Cycles(compute, steps - compute, overhead)
