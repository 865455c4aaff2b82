"""Running the entry points of a program: the same stream gives values and cycles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Entry, Program
from ...errors import AipuError, nearest
from .demands import Demands, demands
from .hazards import check_hazards
from .memory import Memory
from .operands import Operands, operands
from .profile import Profile, profile
from .soundness import check_memory
from .stream import Stream, Work, unroll
from .timing import Timeline, schedule
from .values import ArrayState, Execute, Views, execution

Observer = Callable[[str, Memory], None]
Step = tuple[Execute, Views, int]


@dataclass(frozen=True)
class PreparedEntry:
    """All that is known of an entry point before any data: it is computed once."""

    program: Program
    entry: Entry
    machine: Machine

    @cached_property
    def stream(self) -> Stream:
        return unroll(self.entry)

    @cached_property
    def operands(self) -> list[Operands]:
        return [operands(issue, self.program) for issue in self.stream.issues]

    @cached_property
    def sound(self) -> Stream:
        """The stream, after it was found to do nothing wrong.

        Raises:
            HazardError: it says what the machine would do wrong.
        """
        check_hazards(
            self.program, self.entry, self.stream, self.operands, self.machine
        )
        return self.stream

    @cached_property
    def demands(self) -> list[Demands]:
        pairs = zip(self.stream.issues, self.operands, strict=True)
        return [demands(issue, views, self.machine) for issue, views in pairs]

    @cached_property
    def timeline(self) -> Timeline:
        return schedule(self.sound, self.demands, self.program.tokens, self.machine)

    @cached_property
    def profile(self) -> Profile:
        return profile(
            self.program, self.sound, self.demands, self.timeline, self.machine
        )


class Simulator:
    """A machine with a program in its memory."""

    def __init__(
        self, program: Program, weights: Mapping[str, np.ndarray], machine: Machine
    ):
        """
        Args:
            program: what a binary holds.
            weights: the bytes of every buffer in the space of the weights, by name.
            machine: whose cycles are counted; its name must be the program's target.

        Raises:
            AipuError: the program is for another machine, or does not fit this one.
        """
        if program.target != machine.name:
            raise AipuError(
                f"the program is for '{program.target}', the machine is "
                f"'{machine.name}'",
                remedy="build the model again for this machine",
            )
        check_memory(program, machine)
        self.program = program
        self.machine = machine
        self.memory = Memory(program, weights)
        self.entries = {
            entry.name: PreparedEntry(program, entry, machine)
            for entry in program.entries
        }
        self._bound: dict[str, list[Step]] = {}

    def entry(self, name: str) -> PreparedEntry:
        """An entry point by its name."""
        if name not in self.entries:
            raise AipuError(
                f"no entry point '{name}'", remedy=nearest(name, self.entries)
            )
        return self.entries[name]

    def run(
        self,
        name: str,
        inputs: Mapping[str, np.ndarray],
        observe: Observer | None = None,
    ) -> dict[str, np.ndarray]:
        """Execute an entry point.

        Args:
            name: of the entry point.
            inputs: the bytes of its input buffers, by name.
            observe: called after each piece of work with its name and the memory.

        Returns:
            The bytes of its output buffers, int8, by name.

        Raises:
            HazardError: the program would not run right on the machine.
            AipuError: no such entry point, or an input is missing or of another size.
        """
        prepared = self.entry(name)
        works = prepared.sound.works
        for buffer in prepared.entry.inputs:
            if buffer not in inputs:
                raise AipuError(f"the input '{buffer}' of '{name}' is missing")
            self.memory.write(buffer, inputs[buffer])
        for work in works:
            self._execute(prepared, work)
            if observe is not None:
                observe(work.name, self.memory)
        return {buffer: self.memory.read(buffer) for buffer in prepared.entry.outputs}

    def run_works(
        self, name: str, contents: Mapping[str, Mapping[str, np.ndarray]]
    ) -> dict[str, np.ndarray]:
        """Execute the pieces of work of an entry point on contents of their own.

        Args:
            name: of the entry point.
            contents: for each piece of work, the bytes of buffers right before it.

        Returns:
            For each piece of work the bytes of the buffer of its name right after it.

        Raises:
            HazardError: the program would not run right on the machine.
        """
        prepared = self.entry(name)
        results: dict[str, np.ndarray] = {}
        for work in prepared.sound.works:
            for buffer, data in contents.get(work.name, {}).items():
                self.memory.write(buffer, data)
            self._execute(prepared, work)
            if work.name in self.program.buffer_number:
                results[work.name] = self.memory.read(work.name)
        return results

    def _execute(self, prepared: PreparedEntry, work: Work) -> None:
        """Execute a piece of work on what the memory holds."""
        for execute, views, instance in self._steps(prepared)[work.start : work.stop]:
            execute(views, instance)

    def _steps(self, prepared: PreparedEntry) -> list[Step]:
        """What to execute on which views, for all instances in order."""
        name = prepared.entry.name
        if name not in self._bound:
            stream, state = prepared.stream, ArrayState()
            executions = [execution(issue, state) for issue in stream.issues]
            views = [
                self.memory.views(operands, issue.instances)
                for issue, operands in zip(
                    stream.issues, prepared.operands, strict=True
                )
            ]
            self._bound[name] = [
                (executions[issue], views[issue][instance], instance)
                for issue, instance in zip(
                    stream.issue_of.tolist(), stream.instance_of.tolist(), strict=True
                )
            ]
        return self._bound[name]
