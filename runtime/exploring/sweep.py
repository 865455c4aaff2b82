"""A sweep as data: what is tried, each keyed by all that it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import product
from pathlib import Path

import msgspec
from msgspec import Struct, structs, to_builtins

from ...backend_aipu.machine import Machine, load_machine
from ...errors import AipuError, nearest
from ...passes.scheduling.strategies.decide import check_known, is_file
from ...passes.scheduling.strategies.goal import Goal
from ...passes.scheduling.strategies.strategy import IN_FILE
from ..files import read_file

SOURCES = (".py", ".toml", ".lark")
NO_SOURCES = {".venv", ".links", "tests", "docs", "benchmarks", "demo", "build"}
"""What a compiler is made of, and folders beside it."""

Settings = tuple[tuple[str, str], ...]
"""Numbers of a machine that are tried: `(("sram.bytes", "131072"),)`."""


class Way(Struct, frozen=True):
    """One way to schedule a network on a machine.

    strategy: as it was named; `found` is where its file lies, if it has one.
    key: a digest of all that it rests on.
    """

    strategy: str
    found: str
    goal: Goal
    key: str


class Task(Struct, frozen=True):
    """What a process does: a network on a machine, quantised once, in several ways."""

    model: str
    target: str
    machine: Machine
    settings: Settings
    batch: int | None
    random_weights: int | None
    ways: tuple[Way, ...]
    loads: tuple[str, ...] = ()


class Point(Struct, frozen=True):
    """What came of one way; `error` says why there are no figures.

    bound_ms: what no schedule takes less than; `gap` how often that the machine takes.
    """

    key: str
    model: str
    target: str
    settings: Settings
    strategy: str
    goal: str
    batch: int | None
    error: str = ""
    cycles: int | None = None
    machine_ms: float | None = None
    machine_fps: float | None = None
    dram_bytes: int | None = None
    sram_bytes: int | None = None
    energy_uj: float | None = None
    bound_ms: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class Sweep:
    """What is to be tried: all of one with all of the others.

    settings: by the key of a target's number, what it is set to.
    loads: the files of users that strategies may come from.
    """

    models: Sequence[Path]
    targets: Sequence[str]
    strategies: Sequence[str]
    goals: Sequence[Goal]
    batches: Sequence[int | None] = (None,)
    settings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    random_weights: int | None = None
    loads: Sequence[Path] = ()

    def tasks(self) -> Iterator[Task]:
        """All of it, in order.

        Raises:
            AipuError: there is no such model, target, strategy, or number of a target.
        """
        for strategy in self.strategies:
            check_known(strategy)
        compiler = [_compiler(), *map(_digest, self.loads)]
        found = {strategy: _found(strategy) for strategy in self.strategies}
        contents = {model: _digest(model) for model in self.models}
        sets = [*product(*self.settings.values())]
        for model, target, values, batch in product(
            self.models, self.targets, sets, self.batches
        ):
            settings = tuple(zip(self.settings, values, strict=True))
            machine = changed(load_machine(target), settings)
            rests_on = (compiler, contents[model], machine, batch, self.random_weights)
            ways = (
                Way(strategy, found[strategy][0], goal, key)
                for strategy, goal in product(self.strategies, self.goals)
                for key in [_key(*rests_on, strategy, found[strategy][1], goal)]
            )
            yield Task(
                str(model.resolve()),
                target,
                machine,
                settings,
                batch,
                self.random_weights,
                tuple(ways),
                tuple(str(each.resolve()) for each in self.loads),
            )


def changed(machine: Machine, settings: Settings) -> Machine:
    """A machine with other numbers, and their names in its own.

    Raises:
        AipuError: it has no such number, or it cannot be.
    """
    data = to_builtins(machine)
    for key, value in settings:
        section, _, name = key.rpartition(".")
        numbers = data.get(section) if section else data
        if not isinstance(numbers, dict) or isinstance(numbers.get(name, {}), dict):
            known = [
                f"{part}.{each}"
                for part, inner in data.items()
                if isinstance(inner, dict)
                for each in inner
            ]
            raise AipuError(
                f"targets have no number '{key}'",
                place="--set",
                remedy=nearest(key, known),
            )
        try:
            numbers[name] = msgspec.json.decode(value)
        except msgspec.DecodeError:
            numbers[name] = value
    try:
        return msgspec.convert(data, Machine)
    except msgspec.ValidationError as error:
        raise AipuError(f"no such machine: {error}", place="--set") from None


def row(task: Task, way: Way, **found: object) -> Point:
    """A row of the table, with figures or an error."""
    return structs.replace(
        Point(
            way.key,
            Path(task.model).name,
            task.target,
            task.settings,
            way.strategy,
            way.goal.minimise,
            task.batch,
        ),
        **found,
    )


@cache
def _compiler() -> str:
    """A digest of the compiler itself: what another finds may be something else."""
    root = Path(__file__).parents[2]
    here = (each for each in sorted(root.rglob("*")) if each.suffix in SOURCES)
    found = (each for each in here if not NO_SOURCES & {*each.relative_to(root).parts})
    return sha256(b"".join(map(Path.read_bytes, found))).hexdigest()


def _digest(path: Path) -> str:
    return sha256(read_file(path)).hexdigest()


def _key(*rests_on: object) -> str:
    """A digest of all that a point rests on."""
    return sha256(msgspec.json.encode(rests_on)).hexdigest()[:24]


def _found(strategy: str) -> tuple[str, str]:
    """A strategy as workers find it, whose folder is another; and a digest of its file,
    if it has one.
    """
    file, colon, name = strategy, "", ""
    if in_file := IN_FILE.fullmatch(strategy):
        file, colon, name = in_file["file"], ":", in_file["name"]
    elif not is_file(strategy):
        return strategy, ""
    return f"{Path(file).resolve()}{colon}{name}", _digest(Path(file))
