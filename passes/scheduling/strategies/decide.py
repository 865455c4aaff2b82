"""Letting a strategy decide, which may be anybody's: it raises, or never ends.

Whatever goes wrong in it is one error that names it.
"""

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from types import FrameType

from ....backend_aipu.machine import Machine
from ....errors import AipuError
from ..network.group_graph import GroupGraph, Schedules
from ..network.switches import bare
from ..schedules.schedule_file import SUFFIX, read_schedules
from .goal import Goal
from .strategy import strategy


class _OverdueError(BaseException):
    """A strategy has had its time. No `except Exception` of its own holds this up."""


def is_file(name: str) -> bool:
    """Whether a strategy is what a file of schedules says."""
    return name.endswith(SUFFIX)


def check_known(name: str) -> None:
    """Refuse a name of no strategy, and of no file of schedules.

    Raises:
        AipuError: it is of neither.
    """
    if is_file(name):
        read_schedules(Path(name))
    else:
        strategy(name)


def decided(
    name: str, graphs: Sequence[GroupGraph], machine: Machine, goal: Goal
) -> Iterator[Schedules]:
    """What a strategy decides of each graph of a network.

    Each has a share of the budget, by how many groups it has.

    Raises:
        AipuError: there is no such strategy, it raises something, or it takes longer
            than its budget.
    """
    decide = strategy(name)
    end = None if goal.budget is None else monotonic() + goal.budget
    for number, graph in enumerate(graphs):
        graph = replace(graph, without=goal.without)
        asked = goal
        if end is not None:
            left = sum(len(each.groups) for each in graphs[number:])
            share = len(graph.groups) / left if left else 1
            asked = replace(goal, budget=max(1e-3, (end - monotonic()) * share))
        try:
            with _within(asked.budget):
                schedules = decide.schedule(graph, machine, asked)
        except AipuError:
            raise
        except _OverdueError:
            raise AipuError(
                f"the strategy '{name}' takes longer than its budget of "
                f"{goal.budget:g} seconds",
                remedy="give it more (--budget), or take another strategy",
            ) from None
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
            raise AipuError(f"the strategy '{name}' failed: {fault}") from error
        yield _bare(schedules, goal.without)


def _bare(schedules: Schedules, without: Sequence[str]) -> Schedules:
    """Schedules without some ideas; what is none stays as it is."""
    if not without or not isinstance(schedules, Mapping):
        return schedules
    return {key: bare(schedule, without) for key, schedule in schedules.items()}


@contextmanager
def _within(seconds: float | None) -> Iterator[None]:
    """End what takes longer: at once in the main thread, elsewhere when it is done.

    Raises:
        _OverdueError: it took longer.
    """
    if seconds is None:
        yield
        return
    end = monotonic() + seconds
    main = threading.current_thread() is threading.main_thread()
    if main and hasattr(signal, "setitimer"):
        before = signal.signal(signal.SIGALRM, _overdue)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    else:
        yield
    if monotonic() > end:
        raise _OverdueError


def _overdue(number: int, frame: FrameType | None) -> None:
    raise _OverdueError
