"""Schedules as a file, to keep, to edit and to replay: JSON, in the words of the text.

{"network": {"name": "tiny", "sha256": "4f0c..."},
 "target": {"name": "r329", "sha256": "91ab..."},
 "groups": [
   {"operators": ["conv", "pool"], "schedule": "rows 3 weights [once, once] ws ahead"},
   {"operators": ["classifier"], "schedule": "order [channel] tile [1, 1, 10, 8] ..."}]}
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from io import StringIO
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import Struct
from xdsl.context import Context
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import ParseError

from ....backend_aipu.machine import Machine
from ....dialects.nn import shape
from ....dialects.tile import MOST, GroupOp, Schedule, ScheduleAttr
from ....errors import AipuError
from ...authoring.operator_names import operator_names
from ..network.groups import groups_of, operators_of

SUFFIX = ".json"


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    """What a schedule is for; `sha256` of all that it rests on, or empty if unknown."""

    name: str
    sha256: str = ""


class ScheduledGroup(Struct, frozen=True, forbid_unknown_fields=True):
    """Operators that run as one, and how: as `tile.group` writes it."""

    operators: tuple[str, ...]
    schedule: str


class ScheduleFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A schedule of all that a network has on a machine."""

    network: Identity
    target: Identity
    groups: tuple[ScheduledGroup, ...]


def written(file: ScheduleFile) -> bytes:
    """The bytes of a file, a line for each group."""
    network, target = map(msgspec.json.encode, (file.network, file.target))
    groups = b",\n  ".join(map(msgspec.json.encode, file.groups))
    return (
        b'{"network":' + network + b',\n"target":' + target + b",\n"
        b'"groups":[\n  ' + groups + b"\n]}\n"
    )


def read_schedules(path: Path) -> ScheduleFile:
    """What a file says.

    Raises:
        AipuError: it is missing, or says something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=ScheduleFile)
    except OSError as error:
        message = f"cannot read the file: {error.strerror or error}"
        raise AipuError(message, place=str(path)) from None
    except msgspec.DecodeError as error:
        raise AipuError(
            f"no schedule: {error}",
            place=str(path),
            remedy="aipu schedule MODEL -o FILE.json makes one",
        ) from None


def parsed(text: str) -> Schedule:
    """The schedule that some words say.

    Raises:
        AipuError: they say none.
    """
    parser = Parser(Context(), f"{text} ")
    try:
        schedule = ScheduleAttr.parse_parameter(parser)
        if rest := text[parser.pos :].strip():
            raise AipuError(f"'{rest}' behind a schedule")
    except ParseError as error:
        raise AipuError(error.msg) from None
    except ValueError:  # of Python, for a number of thousands of digits
        raise AipuError(f"no number of a schedule is more than {MOST}") from None
    return schedule


def shown(schedule: Schedule) -> str:
    """A schedule in words."""
    text = StringIO()
    ScheduleAttr(schedule).print_parameter(Printer(text))
    return text.getvalue()


def operators_in_order(
    functions: Sequence[FuncOp], network: Sequence[FuncOp]
) -> Iterator[tuple[str, GroupOp]]:
    """The operators of functions by name, each with its group; all of the network have
    names of their own.
    """
    names = _names(network)
    for function in functions:
        for group in groups_of(function):
            for operator in operators_of(group):
                yield names[operator], group


def _names(network: Sequence[FuncOp]) -> Mapping[Operation, str]:
    groups = chain.from_iterable(map(groups_of, network))
    return operator_names(chain.from_iterable(map(operators_of, groups)))


def identity(name: str, network: Sequence[FuncOp]) -> Identity:
    """Of a network: its operators, with the shapes of all that they take and make."""
    lines = [
        [own, each.name, *map(shape, each.operands), *map(shape, each.results)]
        for each, own in _names(network).items()
    ]
    return Identity(name, sha256(msgspec.json.encode(lines)).hexdigest())


def target_identity(machine: Machine) -> Identity:
    """Of a machine: all its numbers."""
    numbers = msgspec.structs.replace(machine, description="-")
    return Identity(machine.name, sha256(msgspec.json.encode(numbers)).hexdigest())


def schedule_file(
    name: str, network: Sequence[FuncOp], machine: Machine
) -> ScheduleFile:
    """The schedules that the groups of a network have."""
    found: dict[GroupOp, list[str]] = {}
    for operator, group in operators_in_order(network, network):
        found.setdefault(group, []).append(operator)
    return ScheduleFile(
        identity(name, network),
        target_identity(machine),
        tuple(
            ScheduledGroup(tuple(operators), shown(group.schedule.data))
            for group, operators in found.items()
            if group.schedule is not None
        ),
    )
