"""Schedules edited at random in the text of the `tile` level.

An edited text is refused in one message, or it is lowered to a program that runs
without a hazard and gives the same bytes: a schedule changes no value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from aipu.backend_aipu.codegen import to_program
from aipu.backend_aipu.machine import load_machine
from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import input_name, main_function
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.printing import Locations, module_text
from aipu.passes.running.reading import read_module
from aipu.runtime.building.levels import TILE
from aipu.runtime.building.session import run_network
from aipu.runtime.building.verify import program_of
from aipu.runtime.optimising.numerics import execute
from aipu.runtime.simulator.simulator import Simulator
from aipu.tests.fuzz.graphs.case import (
    TARGETS,
    GraphCase,
    drawn,
    first_built,
    on_rows,
)
from aipu.tests.fuzz.graphs.sketch import Sketch
from aipu.tests.fuzz.stripes import RANDOM_STRIPES
from aipu.tests.fuzz.verdict import FaultError, Outcome, Verdict

TILED = re.compile(r"order \[([^\]]*)\] tile \[([^\]]*)\] (\w+) slots (\d+)")
STRIPED = re.compile(r"rows (\d+) weights \[([^\]]*)\] (\w+)( ahead)?")
SCHEDULE = re.compile(f"{TILED.pattern}|{STRIPED.pattern}")
TARGET = re.compile(r"^// target (\S+)$", re.MULTILINE)
INPUTS = "fuzz/input/"
SHARED = 5
"""So many cases edit the schedules of one graph."""


@dataclass(frozen=True)
class Edit:
    """Another schedule for one of the groups of a text."""

    group: int
    schedule: str


@dataclass(frozen=True)
class ScheduleCase:
    """A text of the `tile` level with some schedules edited; its weights and inputs."""

    text: str
    arrays: WeightStore
    edits: Sequence[Edit]

    def __len__(self) -> int:
        """Its edits."""
        return len(self.edits)

    def part(self, kept: Sequence[int]) -> "ScheduleCase":
        return replace(self, edits=[self.edits[index] for index in kept])

    def edited(self) -> str:
        matches = list(SCHEDULE.finditer(self.text))
        text = self.text
        for edit in sorted(self.edits, key=lambda edit: -edit.group):
            start, end = matches[edit.group].span()
            text = text[:start] + edit.schedule + text[end:]
        return text

    def verdict(self) -> Verdict:
        """Hold it to the law.

        Raises:
            FaultError: the edited text is taken, and computes something else.
        """
        target = TARGET.findall(self.text)[0]
        machine = load_machine(target)
        context = AipuContext(self.arrays)
        tile = read_module(self.text, "tile.mlir", context)
        inputs = [
            self.arrays[f"{INPUTS}{input_name(argument)}"]
            for argument in main_function(tile).args
        ]
        try:
            module = read_module(self.edited(), "edited.mlir", context)
            lower = build_pipeline(f"lower{{target={target}}}", PASSES)
            run_pipeline(lower, module, context)
            program = to_program(program_of(module))
        except AipuError as error:
            return Verdict(Outcome.REFUSED, details=str(error))
        expected = execute(tile, inputs, self.arrays)
        simulator = Simulator(program, context.weights, machine)
        found = run_network(module, inputs, context.weights, simulator)
        for number, (one, two) in enumerate(zip(found, expected, strict=True)):
            if one.tobytes() != two.tobytes():
                raise FaultError("other values", f"output {number}")
        return Verdict(Outcome.SOUND)

    def save(self, stem: Path) -> Path:
        """Keep it in two files; the one that `load` takes."""
        path = stem.with_suffix(".mlir")
        lines = [f"// edit {edit.group} {edit.schedule}" for edit in self.edits]
        path.write_text("\n".join([self.text, *lines, ""]), "utf-8")
        self.arrays.save(stem.with_suffix(".npz"))
        return path

    @classmethod
    def load(cls, path: Path) -> "ScheduleCase":
        text, *lines = path.read_text("utf-8").split("\n// edit ")
        split = (line.strip().split(" ", 1) for line in lines)
        edits = [Edit(int(group), schedule) for group, schedule in split]
        return cls(text, WeightStore.load(path.with_suffix(".npz")), edits)

    @classmethod
    def draw(cls, seed: int, number: int) -> "ScheduleCase":
        """A random graph, built; one to four of its schedules edited."""
        text, arrays = scheduled(seed, number // SHARED)
        random = np.random.default_rng([seed, number])
        found = [match[0] for match in SCHEDULE.finditer(text)]
        several = min(len(found), int(random.integers(1, 5)))
        groups = sorted(random.choice(len(found), several, replace=False).tolist())
        return cls(text, arrays, [Edit(g, edited(random, found[g])) for g in groups])


@lru_cache(maxsize=1)
def scheduled(seed: int, number: int) -> tuple[str, WeightStore]:
    """The text of a random graph at the `tile` level, its weights and its inputs; every
    other time in stripes.
    """
    random = np.random.default_rng([seed, number])

    def draw() -> GraphCase:
        target = TARGETS[int(random.integers(len(TARGETS)))]
        if number % 2:
            return replace(on_rows(Sketch(random), target), strategy=RANDOM_STRIPES)
        return drawn(Sketch(random), (3, 8), target)

    package, inputs = first_built(draw)
    text = module_text(package.levels[TILE], Locations.NAMES)
    arrays = dict(package.weights.items())
    arrays |= {f"{INPUTS}{name}": array for name, array in inputs.items()}
    return f"// target {package.machine.name}\n{text}", WeightStore(arrays)


def edited(random: np.random.Generator, schedule: str) -> str:
    """A schedule like another, but for one to three things."""
    tiled, striped = TILED.fullmatch(schedule), STRIPED.fullmatch(schedule)
    if tiled:
        return edited_tiles(random, *tiled.groups())
    assert striped
    return edited_stripes(random, *striped.groups())


def edited_stripes(
    random: np.random.Generator, rows: str, weights: str, dataflow: str, ahead: str
) -> str:
    each = weights.split(", ")
    for _ in range(random.integers(1, 4)):
        at = random.integers(len(each))
        match random.integers(6):
            case 0:
                rows = str(random.integers(0, 20))
            case 1:
                dataflow = str(random.choice(["ws", "os", "is"]))
            case 2:
                ahead = "" if ahead else " ahead"
            case 3 if random.random() < 0.3:
                each = [*each, "once"] if random.random() < 0.5 else each[:at] or each
            case _:
                slots, channels = random.integers(0, 4), random.integers(0, 9)
                streamed = f"stream {slots} of {channels}"
                each[at] = str(random.choice(["once", streamed, streamed]))
    return f"rows {rows} weights [{', '.join(each)}] {dataflow}{ahead or ''}"


def edited_tiles(
    random: np.random.Generator, order: str, tile: str, dataflow: str, slots: str
) -> str:
    loops, sizes = order.split(", "), [int(size) for size in tile.split(", ")]
    for _ in range(random.integers(1, 4)):
        match random.integers(6):
            case 0:
                loops = random.permutation(loops).tolist()
            case 1:
                loops.pop(random.integers(len(loops))) if loops else None
            case 2:
                dataflow = str(random.choice(["ws", "os", "is"]))
            case 3:
                slots = str(random.integers(1, 4))
            case _:
                at = random.integers(len(sizes))
                near = [sizes[at] + step for step in (-1, 1)]
                other = [1, 2, 3, sizes[at] // 2, 2 * sizes[at], 1000, *near]
                sizes[at] = max(int(random.choice(other)), 0)
    shown = ", ".join(map(str, sizes))
    return f"order [{', '.join(loops)}] tile [{shown}] {dataflow} slots {slots}"
