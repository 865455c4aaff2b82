"""Alike bodies as hardware loops.

Bodies one after another become a loop if they are the same but for numbers that grow
from each to the next by the same steps. Loops are found inside of bodies first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .actions import Action, At, Corner, Number, Portion, Repeats

Strides = tuple[int, ...]


@dataclass(frozen=True)
class Moving:
    """`base`, and what a turn of each loop around it adds to it, outermost first."""

    base: int
    strides: Strides = ()


@dataclass(frozen=True)
class Rolled:
    """An action whose numbers, as `moving_numbers` has them, follow loops."""

    action: Action
    numbers: tuple[Moving, ...]


@dataclass(frozen=True)
class HardwareLoop:
    """A hardware loop."""

    count: int
    body: "tuple[Rolled | HardwareLoop, ...]"


Node = Rolled | HardwareLoop


def roll(body: Sequence[Action | Repeats]) -> tuple[Node, ...]:
    """A body with loops where there can be some."""
    nodes: list[Node] = []
    for each in body:
        if isinstance(each, Action):
            nodes.append(Rolled(each, tuple(map(Moving, moving_numbers(each)))))
        else:
            nodes += _rolled([roll(inner) for inner in each.bodies])
    return tuple(nodes)


def moving_numbers(action: Action) -> list[int]:
    """The numbers of an action that a loop may move, in the order of its fields."""
    found: list[int] = []
    for value in action.fields.values():
        match value:
            case At():
                found += (value.slot, value.byte)
            case Corner():
                found += value.numbers
            case Portion():
                found.append(value.position)
            case _:
                pass
    return found


def _rolled(bodies: Sequence[tuple[Node, ...]]) -> list[Node]:
    """Bodies one after another, alike ones as loops."""
    nodes: list[Node] = []
    start = 0
    while start < len(bodies):
        stop = start + 1
        steps: list[int] | None = None
        while stop < len(bodies) and _shape(bodies[stop]) == _shape(bodies[start]):
            found = _steps(bodies[stop - 1], bodies[stop])
            if steps is not None and found != steps:
                break
            steps = found
            stop += 1
        if steps is None:
            nodes += bodies[start]
        else:
            moved = iter(steps)
            inside = tuple(_under_loop(node, moved) for node in bodies[start])
            nodes.append(HardwareLoop(stop - start, inside))
        start = stop
    return nodes


def _shape(body: Sequence[Node]) -> object:
    """All of a body but the numbers that a loop may move."""
    return tuple(
        (node.count, _shape(node.body))
        if isinstance(node, HardwareLoop)
        else (
            _fixed(node.action),
            tuple(number.strides for number in node.numbers),
        )
        for node in body
    )


def _fixed(action: Action) -> object:
    return (
        action.engine,
        action.mnemonic,
        action.operator,
        action.dram,
        action.wait,
        action.signal,
        tuple((name, _without_numbers(v)) for name, v in action.fields.items()),
    )


def _without_numbers(value: Number) -> object:
    match value:
        case At():
            return value.buffer
        case Corner():
            return len(value.numbers)
        case Portion():
            return value.size, value.total
        case _:
            return value


def _bases(body: Sequence[Node]) -> list[int]:
    found: list[int] = []
    for node in body:
        if isinstance(node, HardwareLoop):
            found += _bases(node.body)
        else:
            found += (number.base for number in node.numbers)
    return found


def _steps(one: Sequence[Node], other: Sequence[Node]) -> list[int]:
    """What each number grows by from a body to an alike one."""
    return [b - a for a, b in zip(_bases(one), _bases(other), strict=True)]


def _under_loop(node: Node, steps: Iterator[int]) -> Node:
    """A node inside of one loop more, whose turns move its numbers by `steps`."""
    if isinstance(node, HardwareLoop):
        return replace(node, body=tuple(_under_loop(each, steps) for each in node.body))
    numbers = tuple(
        Moving(number.base, (next(steps), *number.strides)) for number in node.numbers
    )
    return replace(node, numbers=numbers)
