"""Tokens between actions that touch the same bytes of the SRAM.

Each pair of engines has one token, which one gives and the other takes. Engines work in
order, so a wait for the last action that is in the way is a wait for all before it; and
what an engine knows of others, those that wait for it know, too. So a wait is only
written where nothing else implies it: the n-th that takes a token waits for the n-th
that gives it.
"""

from collections.abc import Sequence

import numpy as np

from .....backend_aipu.queues import ENGINES
from .....dialects.aipu import Engine
from ...allocation import Interval
from .actions import Action

WHOM_TO_ASK = (Engine.STORE, Engine.VECTOR, Engine.MAC, Engine.LOAD)
"""The engines, first those that know most of others."""


def synchronise(actions: Sequence[Action]) -> None:
    """Write into each action what it waits for, and what it signals."""
    touched = _Touched(actions)
    done: dict[Engine, list[tuple[Action, dict[Engine, int]]]] = {
        e: [] for e in ENGINES
    }
    knows: dict[Engine, dict[Engine, int]] = {
        engine: dict.fromkeys(ENGINES, 0) for engine in ENGINES
    }
    for action in actions:
        action.wait = action.signal = ()
    for action in actions:
        clock = knows[action.engine]
        needed = touched.in_the_way_of(action)
        for engine in WHOM_TO_ASK:
            count = needed[ENGINES.index(engine)]
            if engine is not action.engine and count > clock[engine]:
                other, known = done[engine][count - 1]
                token = f"{engine}.{action.engine}"
                other.signal = (*other.signal, token)
                action.wait = (*action.wait, token)
                for each in ENGINES:
                    clock[each] = max(clock[each], known[each])
                clock[engine] = count
        done[action.engine].append((action, dict(clock)))
        touched.add(action, len(done[action.engine]))


class _Touched:
    """Who touched which bytes last: the bytes between two neighbouring ends of
    intervals are one cell.
    """

    def __init__(self, actions: Sequence[Action]):
        ends = {end for a in actions for each in (*a.reads, *a.writes) for end in each}
        self.cell_of = {end: cell for cell, end in enumerate(sorted(ends))}
        self.written, self.read = np.zeros((2, len(ENGINES), len(ends)), np.int64)

    def in_the_way_of(self, action: Action) -> list[int]:
        """Of each engine, how many of its actions must be done before this one."""
        earlier = [
            *(self.written[:, self._cells(each)] for each in action.reads),
            *(self.written[:, self._cells(each)] for each in action.writes),
            *(self.read[:, self._cells(each)] for each in action.writes),
        ]
        if not earlier:
            return [0] * len(ENGINES)
        return np.concatenate(earlier, axis=1).max(axis=1, initial=0).tolist()

    def add(self, action: Action, number: int) -> None:
        """Note what an action touches, the `number`-th of its engine."""
        engine = ENGINES.index(action.engine)
        for each in action.reads:
            self.read[engine, self._cells(each)] = number
        for each in action.writes:
            self.written[engine, self._cells(each)] = number

    def _cells(self, interval: Interval) -> slice:
        start, end = interval
        return slice(self.cell_of[start], self.cell_of[end])
