"""Which constants the groups of a function hold on chip."""

from collections.abc import Sequence

from ....dialects import nn, tile
from ...authoring.constants import key_of
from ...authoring.operators import is_weight
from ...machine_forms.numbers import type_of
from ..striped.held import NO_KEYS, Held, Key, Keys, held
from .groups import operators_of

TAKING = nn.WeightedSums | nn.LookupOp
"""Their parameters are made of the constants that they read; biases take in the zero
point of the ifm as well, times sums of weights.
"""


def constants_of(operator: nn.Operator) -> Keys:
    """The constants of an operator, as far as others may have the same ones."""
    if not isinstance(operator, TAKING):
        return NO_KEYS
    weight = weight_of(operator)
    constants = operator.operands[1:]
    if not all(map(is_weight, constants)):
        return weight
    parameters = (*map(key_of, constants),)
    if isinstance(operator, nn.WeightedSums):
        parameters = (*parameters, f"zero point {type_of(operator.ifm).zero_point}")
    return weight._replace(parameters=parameters)


def weight_of(operator: nn.Operator) -> Keys:
    """The weights of an operator, if it has some."""
    if isinstance(operator, nn.WeightedSums) and is_weight(operator.weight):
        return Keys((key_of(operator.weight),))
    return NO_KEYS


def held_by(group: tile.GroupOp) -> Sequence[Keys]:
    """The constants that each operator of a group holds."""
    schedule = group.schedule.data if group.schedule is not None else None
    if not isinstance(schedule, tile.StripedSchedule):
        return ()
    return [
        constants_of(operator) if weights.held else NO_KEYS
        for operator, weights in zip(
            operators_of(group), schedule.weights, strict=False
        )
    ]


def held_of(group: tile.GroupOp) -> tuple[Held, ...]:
    """What a group holds: there already if a group before holds it."""
    constants = held_by(group)
    missing = {key for each in constants for _, key in each.each}
    there: set[Key] = set()
    before = group.prev_op
    while missing and before is not None:
        if isinstance(before, tile.GroupOp):
            others = {key for each in held_by(before) for _, key in each.each}
            there |= missing & others
            missing -= there
        before = before.prev_op
    return held(constants, there)
