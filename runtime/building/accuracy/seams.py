"""How close a tensor is to its reals where it crosses, before that and after."""

from collections.abc import Iterable, Iterator, Mapping

from xdsl.ir import Block, Operation

from ....dialects import nn
from ....passes.quantising.arithmetic.identity import stands_for
from ....passes.quantising.placement.crossings import Crossing
from ...accuracy import SeamAccuracy
from .rounded import cosine
from .tally import Tally

PLACES = 6
"""What one rounding takes is little."""


def seams(
    crossings: Iterable[Crossing], seen: Mapping[str, Mapping[Operation, Tally]]
) -> Iterator[SeamAccuracy]:
    """The seams of a network.

    Args:
        crossings: of the network in integers.
        seen: what was counted of its tensors, by the names of their reals, and by what
            makes them.
    """
    for each in crossings:
        tallies = seen.get(stands_for(each.value), {})
        maker = each.value.owner
        if maker not in tallies:
            continue
        after = before = _cosine(tallies, maker)
        if isinstance(maker, nn.QuantiseOp):
            before = _cosine(tallies, maker.ifm.owner)
        yield SeamAccuracy(each.tensor, each.to, before, after)


def _cosine(tallies: Mapping[Operation, Tally], maker: Operation | Block) -> float:
    """Of what an operator makes; what is an input, or a constant, is itself."""
    tally = None if isinstance(maker, Block) else tallies.get(maker)
    return 1.0 if tally is None else cosine(tally.closeness, PLACES)
