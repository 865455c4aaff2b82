"""What a user should know of a network that loses much in integers.

    output 'y' is 5.4 dB from its reals (cosine 0.874): most is lost at 'softmax': ...

A line says what was lost, in which layer, why, and in figures.
"""

from collections.abc import Iterator

from ....passes.quantising.arithmetic.identity import stands_for
from .comparison import Comparison
from .losses import Tallies, cause, greatest_loss, operands_of, starved
from .outputs import Output, Part
from .rounded import cosine, decibels

LEAST_DB, LEAST_DB_OF_PART = 20.0, 10.0
"""Of a whole output, and of a part of one, or of classes that agree all the same."""

LEAST_SHARE = 0.9
"""Of frames with the same largest class: for more, scores of classes are there."""


def doubts(comparison: Comparison) -> Iterator[str]:
    """The lines, those of outputs first."""
    tallies = comparison.tallies()
    for output in comparison.outputs:
        yield from doubts_of(output, tallies)
    yield from starved_inputs(comparison, tallies)


def doubts_of(output: Output, tallies: Tallies) -> Iterator[str]:
    """What is to be said of an output and of its parts."""
    place = f"output '{output.whole.name}'"
    agrees = output.frames and output.same >= LEAST_SHARE * output.frames
    wrong = what_is_wrong(output.whole, LEAST_DB_OF_PART if agrees else LEAST_DB)
    if wrong:
        yield f"{place} {wrong}{where(output, tallies)}"
    elif len(output.parts) > 1:
        for part in output.parts:
            wrong = what_is_wrong(part, LEAST_DB_OF_PART)
            if wrong:
                yield f"{place}: its part '{part.name}' {wrong}{where(output, tallies)}"


def what_is_wrong(part: Part, least: float) -> str:
    """What is wrong with a tensor, if anything is."""
    if not part.is_finite:
        return "is not finite in integers, and is in reals"
    if part.is_dead:
        low, high = min(part.reals), max(part.reals)
        return f"is constant in integers, and {low:.3g} to {high:.3g} in reals"
    found = decibels(part.closeness)
    if found is None or found >= least or not part.closeness.signal:
        return ""
    return f"is {found:.1f} dB from its reals (cosine {cosine(part.closeness):.3f})"


def where(output: Output, tallies: Tallies) -> str:
    """Where most is lost on the way to an output, and why."""
    step = greatest_loss(output.value, tallies)
    if step is None or step.added <= 0:
        return ""
    return f": most is lost at '{step.tally.layer}': {cause(step)}"


def starved_inputs(comparison: Comparison, tallies: Tallies) -> Iterator[str]:
    """Layers of the machine whose input takes fewer integers than it should."""
    for op in comparison.reals.function.body.block.ops:
        made = tallies.get(stands_for(op.results[0])) if op.results else None
        if made is None or made.element is None:
            continue
        for value in operands_of(op):
            tally = tallies.get(stands_for(value))
            if tally is not None and tally.is_starved:
                yield f"{made.layer}: {starved(tally)}, too few for what it holds"
