"""The ideas of a schedule, each of which can be left out: to see what it is worth.

A switch holds for every strategy: what groups may run as one is asked of their graph,
and what a schedule says besides is taken out of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ....dialects.tile import GroupSchedule, Schedule, StripedSchedule, Weights
from ....errors import AipuError, nearest
from ..striped.segment import Member


def _anything(members: Sequence[Member]) -> bool:
    return True


def _single(members: Sequence[Member]) -> bool:
    return len(members) == 1


def _without_sums(members: Sequence[Member]) -> bool:
    sums = [each for each in members if len(each.reads) > 1 and not each.stage.parts]
    return len(members) == 1 or not sums


def _of_one_image(members: Sequence[Member]) -> bool:
    return all(each.map is None or each.map[0] == 1 for each in members)


def _as_it_is(schedule: Schedule) -> Schedule:
    return schedule


def _launched(schedule: Schedule) -> Schedule:
    return schedule._replace(joined=False)


def _in_turns(schedule: Schedule) -> Schedule:
    if isinstance(schedule, StripedSchedule):
        return schedule._replace(ahead=False)
    return schedule


def _stored(schedule: Schedule) -> Schedule:
    if isinstance(schedule, StripedSchedule):
        weights = (Weights() if each.held else each for each in schedule.weights)
        return schedule._replace(kept=False, weights=tuple(weights))
    return schedule


class Switch(NamedTuple):
    """An idea in words, which groups may run as one without it, and what becomes of a
    schedule.
    """

    idea: str
    allows: Callable[[Sequence[Member]], bool] = _anything
    bare: Callable[[Schedule], Schedule] = _as_it_is


SWITCHES: Mapping[str, Switch] = {
    "stripes": Switch("neighbours run together, in stripes", allows=_single),
    "residual": Switch("sums of two maps run together with others", _without_sums),
    "keep": Switch("results and shared weights stay on chip", bare=_stored),
    "ahead": Switch("rows come in behind the running stripe", bare=_in_turns),
    "joined": Switch("groups share launches", bare=_launched),
    "batch": Switch("images of a batch share weights that came for one", _of_one_image),
}
"""By their names."""

OF_STRIPES = {"stripes", "keep", "ahead", "batch"}
"""The ideas that only what runs in stripes follows."""


def check_switches(names: Iterable[str]) -> None:
    """Refuse names of no switch.

    Raises:
        AipuError: there is one.
    """
    for name in names:
        if name not in SWITCHES:
            raise AipuError(f"no switch '{name}'", remedy=nearest(name, SWITCHES))


def allowed(members: Sequence[Member], without: Iterable[str]) -> bool:
    """Whether groups may run as one, in stripes, without some ideas: by itself a group
    only does for the sake of another idea.
    """
    left_out = {*without}
    if _of_one_image(members):
        left_out.add("batch")
    if left_out >= OF_STRIPES:
        return False
    return all(SWITCHES[name].allows(members) for name in left_out)


def bare(schedule: Schedule, without: Iterable[str]) -> Schedule:
    """A schedule without some ideas; what is no schedule stays as it is."""
    for name in (
        without if isinstance(schedule, GroupSchedule | StripedSchedule) else ()
    ):
        schedule = SWITCHES[name].bare(schedule)
    return schedule
