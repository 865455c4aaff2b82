"""What a file of schedules says of a network, held to that network."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from xdsl.dialects.func import FuncOp

from ....backend_aipu.machine import Machine
from ....dialects.tile import Schedule
from ....errors import AipuError, nearest
from ..network.group_graph import Schedules
from .schedule_file import (
    Identity,
    ScheduledGroup,
    identity,
    operators_in_order,
    parsed,
    read_schedules,
    target_identity,
)


def replayed(
    path: Path, functions: Sequence[FuncOp], machine: Machine
) -> Iterator[Schedules]:
    """The schedules of each function of a network, as a file has them.

    Raises:
        AipuError: the file says none; it is of another network or target; it leaves
            operators out, has one twice, knows others or has them in another order.
    """
    file = read_schedules(path)
    _check_same("network", file.network, identity("", functions), path)
    _check_same("target", file.target, target_identity(machine), path)
    homes = {
        name: (function.sym_name.data, group.work.data)
        for function in functions
        for name, group in operators_in_order([function], functions)
    }
    found = [name for group in file.groups for name in group.operators]
    _check_order(found, list(homes), path)
    schedules: Mapping[str, dict[str | tuple[str, ...], Schedule]] = {
        function.sym_name.data: {} for function in functions
    }
    for number, group in enumerate(file.groups):
        place = f"{path}: groups[{number}]"
        segment, names = _home(group, homes, place)
        try:
            schedule = parsed(group.schedule)
        except AipuError as error:
            raise AipuError(error.message, place=place, remedy=error.remedy) from None
        schedules[segment][names[0] if len(names) == 1 else names] = schedule
    yield from schedules.values()


def _check_same(what: str, given: Identity, own: Identity, path: Path) -> None:
    if given.sha256 and given.sha256 != own.sha256:
        name = f" '{given.name}'" if given.name else ""
        raise AipuError(
            f"these schedules are for another {what}{name}: of the digest "
            f"{given.sha256[:12]}, this one has {own.sha256[:12]}",
            place=str(path),
            remedy="make them for this one: aipu schedule MODEL -o FILE.json; or leave "
            "the digest out, to have what can be said against them one by one",
        )


def _check_order(found: Sequence[str], names: Sequence[str], path: Path) -> None:
    """Whether a file has every operator once, in the order of the network."""
    seen = set[str]()
    for name in found:
        if name not in names:
            raise AipuError(
                f"no operator '{name}' in this network",
                place=str(path),
                remedy=nearest(name, names),
            )
        if name in seen:
            raise AipuError(f"it has the operator '{name}' twice", place=str(path))
        seen.add(name)
    for name in names:
        if name not in seen:
            raise AipuError(f"it leaves out the operator '{name}'", place=str(path))
    for one, other in zip(found, names, strict=True):
        if one != other:
            raise AipuError(
                f"it has '{one}' where '{other}' is next in the network",
                place=str(path),
                remedy="keep the operators in the order of the network",
            )


def _home(
    group: ScheduledGroup, homes: Mapping[str, tuple[str, str]], place: str
) -> tuple[str, tuple[str, ...]]:
    """The segment that the operators of a group are in, and their names there."""
    if not group.operators:
        raise AipuError("a group of no operators", place=place)
    segments, names = zip(*(homes[name] for name in group.operators), strict=True)
    if len(set(segments)) > 1:
        raise AipuError(
            "between these operators the host computes something",
            place=place,
            remedy="make groups of what runs on the machine without a break",
        )
    return segments[0], names
