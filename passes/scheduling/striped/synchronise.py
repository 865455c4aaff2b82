"""Tokens between actions that touch the same bytes of the SRAM.

Each pair of engines has one token, which one gives and the other takes. Engines work in
order, so a wait for the last action that is in the way is a wait for all before it; and
what an engine knows of others, those that wait for it know, too. So a wait is only
written where nothing else implies it: the n-th that takes a token waits for the n-th
that gives it.
"""

from collections.abc import Sequence

from ....dialects.aipu import Engine
from .actions import Action, Interval

ENGINES = (Engine.LOAD, Engine.STORE, Engine.MAC, Engine.VECTOR)


def synchronise(actions: Sequence[Action]) -> None:
    """Write into each action what it waits for, and what it signals."""
    done: dict[Engine, list[tuple[Action, dict[Engine, int]]]] = {
        e: [] for e in ENGINES
    }
    knows: dict[Engine, dict[Engine, int]] = {
        engine: dict.fromkeys(ENGINES, 0) for engine in ENGINES
    }
    for action in actions:
        clock = knows[action.engine]
        for engine in _others(action.engine):
            needed = _last_in_the_way(action, done[engine], clock[engine])
            if needed > clock[engine]:
                other, known = done[engine][needed - 1]
                token = f"{engine}.{action.engine}"
                other.signal = (*other.signal, token)
                action.wait = (*action.wait, token)
                for each in ENGINES:
                    clock[each] = max(clock[each], known[each])
                clock[engine] = needed
        done[action.engine].append((action, dict(clock)))


def _others(engine: Engine) -> list[Engine]:
    """The other engines; first those that know most of others."""
    order = (Engine.STORE, Engine.VECTOR, Engine.MAC, Engine.LOAD)
    return [other for other in order if other != engine]


def _last_in_the_way(
    action: Action, done: Sequence[tuple[Action, dict[Engine, int]]], known: int
) -> int:
    """How many of an engine's actions must be done; at least the `known` ones."""
    for number in range(len(done), known, -1):
        if _conflict(action, done[number - 1][0]):
            return number
    return known


def _conflict(one: Action, other: Action) -> bool:
    return (
        _meet(one.writes, other.writes)
        or _meet(one.writes, other.reads)
        or _meet(one.reads, other.writes)
    )


def _meet(some: Sequence[Interval], others: Sequence[Interval]) -> bool:
    return any(
        start < other_end and other_start < end
        for start, end in some
        for other_start, other_end in others
    )
