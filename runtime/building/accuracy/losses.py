"""Where an output loses most on its way through the network, and why.

The way goes back from the output, at each operator to the operand whose noise weighs
most in its result. Of its steps, one adds most noise for the signal that there is.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from xdsl.ir import Operation, SSAValue

from ....dialects import nn
from ....passes.authoring.operators import computed_operands
from ....passes.quantising.arithmetic.identity import stands_for
from .rounded import decibels
from .tally import Tally

Tallies = Mapping[str, Tally]

ADDING = (nn.AddOp, nn.SubOp, nn.ConcatOp)
"""Operators in whose results the noise of an operand is as large as in the operand."""

MAIN_PART = 0.5
"""What has this part of the noise of a tensor is its cause."""


class Step(NamedTuple):
    """A tensor on the way, and the one before it, if that is known.

    tallies: of both, and of all that the operator reads.
    """

    tally: Tally
    before: Tally | None
    read: list[Tally]

    @property
    def added(self) -> float:
        """How much more noise there is for the signal than before."""
        return self.tally.loss - (self.before.loss if self.before else 0.0)


def greatest_loss(value: SSAValue, tallies: Tallies) -> Step | None:
    """The step of the way to `value` that adds most noise."""
    return max(way(value, tallies), key=lambda step: step.added, default=None)


def way(value: SSAValue, tallies: Tallies) -> Iterator[Step]:
    """From an output back to an input."""
    known = list(nearest_known([value], tallies))
    while known:
        current = known[0]
        maker = current.owner
        read = list(nearest_known(operands_of(maker), tallies))
        read.sort(key=lambda each: -weight(tallies[stands_for(each)], maker))
        found = [tallies[stands_for(each)] for each in read]
        yield Step(tallies[stands_for(current)], found[0] if found else None, found)
        known = read


def weight(tally: Tally, reader: object) -> float:
    """How much the noise of a tensor weighs in what reads it."""
    if isinstance(reader, ADDING):
        return tally.closeness.noise / max(tally.closeness.seen, 1)
    return tally.loss


def operands_of(maker: object) -> list[SSAValue]:
    """What an operator reads that was computed; an input has nothing before it."""
    if isinstance(maker, nn.Operator):
        return computed_operands(maker)
    return list(maker.operands) if isinstance(maker, Operation) else []


def nearest_known(values: list[SSAValue], tallies: Tallies) -> Iterator[SSAValue]:
    """The values that were counted, or those before them that were."""
    for value in dict.fromkeys(values):
        if stands_for(value) in tallies:
            yield value
        else:
            yield from nearest_known(operands_of(value.owner), tallies)


def cause(step: Step) -> str:
    """Why a step loses what it does, with its figures."""
    tally, closeness = step.tally, step.tally.closeness
    for each in step.read:
        if each.is_starved:
            return starved(each)
    element, noise = tally.element, closeness.noise * MAIN_PART
    if element is not None and tally.cut >= noise:
        low, high = element.real_limits
        return (
            f"its range, {low:.3g} to {high:.3g}, cuts off values up to "
            f"{tally.largest:.3g}"
        )
    if element is not None and tally.rounding >= noise:
        typical = (closeness.signal / max(closeness.seen, 1)) ** 0.5
        return (
            f"one scale for values up to {tally.largest:.3g} leaves "
            f"{typical / element.scale:.2g} steps to a typical one, {typical:.2g}"
        )
    before = step.before
    if before is None:
        return "its weights, or its arithmetic, are too coarse in eight bits"
    return (
        f"of the {said(before)} of its input '{before.layer}' it leaves {said(tally)}: "
        "eight bits for that and its weights are too few for it"
    )


def starved(tally: Tally) -> str:
    """How few integers an input of a layer takes, of how many."""
    low, high = (0, 0) if tally.element is None else tally.element.limits
    return f"its input '{tally.layer}' takes {len(tally.steps)} of {high - low} steps"


def said(tally: Tally) -> str:
    """`21.9 dB`."""
    found = decibels(tally.closeness)
    return "no noise" if found is None else f"{found:.1f} dB"
