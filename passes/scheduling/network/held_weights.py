"""Which weights the groups of a function hold on chip."""

from collections.abc import Sequence

from ....dialects import nn, tile
from ...authoring.constants import key_of
from ...authoring.operators import is_weight
from ..striped.held import Held, held
from .groups import operators_of


def constant_of(operator: nn.Operator) -> str | None:
    """The key of the weights of an operator, if it has some."""
    if isinstance(operator, nn.WeightedSums) and is_weight(operator.weight):
        return key_of(operator.weight)
    return None


def constants_of(group: tile.GroupOp) -> Sequence[str | None]:
    """The weights that each operator of a group holds, by their keys; None if none."""
    schedule = group.schedule.data if group.schedule is not None else None
    if not isinstance(schedule, tile.StripedSchedule):
        return ()
    return [
        constant_of(operator) if weights.held else None
        for operator, weights in zip(
            operators_of(group), schedule.weights, strict=False
        )
    ]


def held_of(group: tile.GroupOp) -> tuple[Held, ...]:
    """The weights that a group holds: there already if a group before holds them."""
    constants = constants_of(group)
    missing = {key for key in constants if key is not None}
    there: set[str] = set()
    before = group.prev_op
    while missing and before is not None:
        if isinstance(before, tile.GroupOp):
            there |= missing.intersection(constants_of(before))
            missing -= there
        before = before.prev_op
    return held(constants, there)
