"""Mutants of assembly: texts of programs with something dropped, moved or changed.

A mutant is refused in one message, or the simulator reports a hazard, or what it gives
is what the machine's manual says: the plain machine of the tests, which shares nothing
with the simulator, gives the same bytes in whatever order its engines take their
instructions, and whatever the memories held before.
"""

import random as plain_random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from tempfile import mkdtemp

import msgspec
import numpy as np

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.machine import load_machine
from aipu.backend_aipu.program import Program
from aipu.dialects.aipu import Space
from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.runtime.simulator.memory import Memory
from aipu.runtime.simulator.simulator import Simulator
from aipu.tests.compiled import ODD, TINY
from aipu.tests.fuzz.damage import damaged, statements
from aipu.tests.fuzz.graphs.case import drawn, first_built
from aipu.tests.fuzz.graphs.sketch import Sketch
from aipu.tests.fuzz.verdict import FaultError, Outcome, Verdict
from aipu.tests.machines import target_file
from aipu.tests.runtime.simulator.any_order import Choose, run_in_any_order
from aipu.tests.runtime.simulator.plain_machine import PlainMachine

SHARED = 8
"""So many mutants are of one program."""

LARGEST = 150
"""Elements of a tensor."""

MOST_CYCLES = 60_000
"""Of an entry: the plain machine, which goes byte by byte, takes its time."""

ORDERS: Mapping[str, Choose] = {
    "any": plain_random.Random(0).choice,
    "the first engine as far as it can": lambda engines: min(engines, key=str),
    "the last engine as far as it can": lambda engines: max(engines, key=str),
}


@cache
def machines() -> dict[str, str]:
    """Target files of small machines, on which all is tiled, by name."""
    folder = Path(mkdtemp(prefix="aipu-"))
    return {
        name: str(target_file(msgspec.structs.replace(machine, name=name), folder))
        for name, machine in {"tiny": TINY, "odd": ODD}.items()
    }


@dataclass(frozen=True)
class AssemblyCase:
    """The statements of a program, its weights, and the machine to run it."""

    text: Sequence[str]
    weights: WeightStore
    machine: str

    def __len__(self) -> int:
        """Its statements."""
        return len(self.text)

    def part(self, kept: Sequence[int]) -> "AssemblyCase":
        return replace(self, text=[self.text[index] for index in kept])

    def verdict(self) -> Verdict:
        """Hold it to the law.

        Raises:
            FaultError: it is taken, and the machine might compute something else.
        """
        try:
            program = parse_assembly("\n".join(self.text) + "\n", "mutant.s")
            stored = [b.name for b in program.buffers if b.space is Space.WEIGHTS]
            weights = {name: self.weights[name] for name in stored}
            image = write_binary(program, weights)
        except (AipuError, KeyError) as error:
            return Verdict(Outcome.REFUSED, details=str(error))
        if read_binary(image)[0] != program:
            raise FaultError("the binary says something else")
        if parse_assembly(print_assembly(program), "printed.s") != program:
            raise FaultError("the printed text says something else")
        try:
            simulator = Simulator(
                program, weights, load_machine(machines()[self.machine])
            )
            cycles = [entry.profile.cycles for entry in simulator.entries.values()]
        except AipuError as error:
            return Verdict(Outcome.HAZARD, details=str(error))
        if max(cycles, default=0) > MOST_CYCLES:
            return Verdict(Outcome.VOID, "takes the plain machine too long")
        for number in range(len(program.entries)):
            check_entry(program, number, weights, simulator)
        return Verdict(Outcome.SOUND)

    def save(self, stem: Path) -> Path:
        """Keep it in two files; the one that `load` takes."""
        path = stem.with_suffix(f".{self.machine}.s")
        path.write_text("\n".join([*self.text, ""]), "utf-8")
        self.weights.save(path.with_suffix(".npz"))
        return path

    @classmethod
    def load(cls, path: Path) -> "AssemblyCase":
        weights = WeightStore.load(path.with_suffix(".npz"))
        text = statements(path.read_text("utf-8"))
        return cls(text, weights, path.suffixes[-2].removeprefix("."))

    @classmethod
    def draw(cls, seed: int, number: int) -> "AssemblyCase":
        """A small random graph, built, and one to three changes of its program."""
        text, weights, machine = assembled(seed, number // SHARED)
        random = np.random.default_rng([seed, number])
        for _ in range(random.integers(1, 4)):
            text = damaged(random, text)
        return cls(text, weights, machine)


@lru_cache(maxsize=1)
def assembled(seed: int, number: int) -> tuple[Sequence[str], WeightStore, str]:
    """The program of a random graph: its statements, its weights, and a machine."""
    random = np.random.default_rng([seed, number])
    machine = str(random.choice(list(machines())))
    target = machines()[machine]
    package, _ = first_built(lambda: drawn(Sketch(random, LARGEST), (2, 6), target))
    program, weights = read_binary(package.binary)
    alone = replace(program, network=None)  # of which the machine knows nothing
    text = statements(print_assembly(alone))
    return text, WeightStore(dict(weights)), machine


def check_entry(
    program: Program,
    number: int,
    weights: Mapping[str, np.ndarray],
    simulator: Simulator,
) -> None:
    """An entry gives what the plain machine gives, in several orders of its engines.

    Raises:
        FaultError: it gives something else in one of them.
    """
    entry, generator = program.entries[number], np.random.default_rng(number)
    sizes = {name: program.buffer(name) for name in entry.inputs}
    inputs = {
        name: generator.integers(-128, 128, buffer.bytes * buffer.slots, np.int8)
        for name, buffer in sizes.items()
    }
    found = simulator.run(entry.name, inputs)
    for order, choose in ORDERS.items():
        memory = Memory(program, weights)
        for space, array in memory.spaces.items():
            if space is not Space.WEIGHTS:
                array[...] = generator.integers(-128, 128, array.size, np.int8)
        for name, array in inputs.items():
            memory.write(name, array)
        machine = PlainMachine(program, memory.spaces)
        try:
            run_in_any_order(machine, choose, number)
        except AssertionError as error:
            raise FaultError(
                f"the plain machine stops: {error}", f"order: {order}"
            ) from None
        for name in entry.outputs:
            buffer = program.buffer(name)
            given = machine.memory[buffer.space][buffer.address : buffer.end]
            if given != found[name].tolist():
                raise FaultError(
                    "the plain machine gives other bytes", f"order: {order}"
                )
