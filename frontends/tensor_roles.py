"""What part a tensor plays: a branch of a sum, a map without negatives."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple


class Role(Enum):
    """What an operator makes of its inputs, as far as random weights care."""

    ADDITION = auto()
    RECTIFIER = auto()
    KEEPS_SIGN = auto()
    OTHER = auto()


class Step(NamedTuple):
    """An operator of any format: its role, and the tensors that it reads and writes."""

    role: Role
    inputs: Sequence[str]
    outputs: Sequence[str]


def residual_branches(steps: Iterable[Step], inputs: Iterable[str]) -> set[str]:
    """Tensors that are added to others which also depend on the inputs."""
    computed = set(inputs)
    branches: set[str] = set()
    for step in steps:
        variable = [name for name in step.inputs if name in computed]
        if variable:
            computed.update(step.outputs)
        if step.role is Role.ADDITION and len(variable) > 1:
            branches.update(variable)
    return branches


def rectified(steps: Iterable[Step], inputs: Iterable[str]) -> set[str]:
    """Tensors that come out of a relu, perhaps moved, pooled or added since."""
    positive: set[str] = set()
    computed = set(inputs)
    for step in steps:
        variable = computed.intersection(step.inputs)
        keeping = step.role in (Role.KEEPS_SIGN, Role.ADDITION)
        if variable:
            computed.update(step.outputs)
        if variable and (
            step.role is Role.RECTIFIER or (keeping and variable <= positive)
        ):
            positive.update(step.outputs)
    return positive
