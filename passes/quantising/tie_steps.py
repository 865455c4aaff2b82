"""Give what the steps of a recurrent layer make the range that it has in all of them.

    %1 = nn.tanh %0 {range = [-0.5, 0.8]}              {range = [-0.7, 0.8]}
    ...                                        ==>     ...
    %9 = nn.tanh %8 {range = [-0.7, 0.6]}              {range = [-0.7, 0.8]}

Needs `calibrate` before, comes before `choose-ranges`. Integers of one scale need the
same biases, multipliers and tables in every step: constants that the machine keeps on
chip, where those of each step would have to come again. For the same reason the means
by which biases are corrected become those over all steps.

Only maps of few pixels are tied: of others a step moves more than its constants. What
grows or fades from step to step has several ranges, one for some steps each: with
that of all, the least of it would be 0 in eight bits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, prod

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from ...dialects.nn import shape
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.functions import main_function
from ..authoring.promises import EXACT, AipuPass
from ..authoring.ranges import (
    MEAN,
    RANGE,
    Range,
    read,
    read_candidates,
    read_mean,
    read_range,
    source,
    write_candidates,
    write_mean,
    write_range,
)
from .arithmetic.arithmetic import arithmetic
from .recurrence import steps

WIDER = 4
"""The range of several steps may be so many times as wide as that of one: of eight
bits, no more than two are lost.
"""

PIXELS = 16
"""Of maps with more, the parameters of a channel, eight bytes, are a small part of what
a step moves: there is little to win.
"""


@dataclass(frozen=True)
class TieStepsPass(AipuPass):
    """Steps of a recurrent layer have the same ranges if they reach about as far.

    arithmetic: as in `quantise-operators`; Arm-China's leaves ranges as they are.
    """

    name = "tie-steps"
    semantics = EXACT

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not arithmetic(self.arithmetic).compensates:
            return
        for chain in steps(main_function(op).body.block):
            small = [each.ofm for each in chain if is_small(each.ofm)]
            ranged = [value for value in small if read(value, RANGE)]
            for values in alike(ranged):
                multiplied = [value for value in values if read(value, MEAN)]
                if len(values) > 1:
                    tie_ranges(values)
                if len(multiplied) > 1:
                    tie_means(multiplied, weights_of(ctx))


def is_small(value: SSAValue) -> bool:
    """Whether a tensor has few pixels, as the state of a cell has."""
    return prod(shape(value)[:-1]) <= PIXELS


def alike(values: Sequence[SSAValue]) -> Iterator[list[SSAValue]]:
    """Steps that follow each other and reach about as far."""
    some: list[SSAValue] = []
    whole, narrowest = (0.0, 0.0), inf
    for value in values:
        own = read_range(value)
        whole, narrowest = around([whole, own]), min(narrowest, width_of(own))
        if width_of(whole) > WIDER * narrowest:
            yield some
            some, whole, narrowest = [], own, width_of(own)
        some.append(value)
    yield some


def width_of(range_: Range) -> float:
    """How far a range reaches, with 0, which integers always stand for."""
    low, high = range_
    return max(high, 0) - min(low, 0)


def tie_ranges(values: Sequence[SSAValue]) -> None:
    """Give some tensors the range that holds those of all, each candidate as well."""
    range_ = around([read_range(value) for value in values])
    candidates = [read_candidates(value) for value in values]
    several = len({*map(len, candidates)}) == 1 and [
        around(each) for each in zip(*candidates, strict=True)
    ]
    for value in values:
        write_range(value, *range_)
        if several:
            write_candidates(value, several)


def tie_means(values: Sequence[SSAValue], store: WeightStore) -> None:
    """Give some tensors the mean of their means."""
    means = np.array([store[read_mean(value)] for value in values], np.float64)
    mean = means.mean(axis=0).astype(np.float32)
    key = store.add(f"{source(values[0])}/mean of steps", mean)
    for value in values:
        write_mean(value, key)


def around(ranges: Sequence[Range]) -> Range:
    """The range that holds all of some."""
    lows, highs = zip(*ranges, strict=True)
    return min(lows), max(highs)
