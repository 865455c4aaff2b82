"""Passes tried on a module, again and again: whether they still fail, and how."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ...passes.authoring.context import AipuContext
from ...passes.running.observer import Observer
from ...passes.running.pipeline import run_pipeline
from ...passes.running.printing import Locations, module_text
from ...passes.running.writing import write_module

FILE = "%s"
"""Stands for the file of a module in a command; which else is put at its end."""

VARYING = re.compile(
    r'"[^"]*"|(?<!pass )\'[^\']*\'|%\w+|[\w./-]+:\d+(?::\d+)?|\d[\d.e+-]*'
)
"""What two messages of one fault may differ in: names, numbers, places."""


@dataclass(frozen=True)
class Trial:
    """What is tried on a module.

    check_numerics: whether passes are held to their promises on values, too.
    data: samples for that, beside noise.
    expect: a command for a shell that succeeds on the file of a good module.
    """

    passes: Sequence[ModulePass] = ()
    check_numerics: bool = False
    data: Path | None = None
    expect: str = ""

    def failure(self, module: ModuleOp, context: AipuContext) -> AipuError | None:
        """What is wrong, if anything is; neither module nor context change."""
        return self.outcome(module.clone(), context.clone())

    def outcome(self, module: ModuleOp, context: AipuContext) -> AipuError | None:
        """What is wrong with a module after the passes, which change it."""
        try:
            self.run(module, context)
        except AipuError as error:
            return error
        return None

    def run(self, module: ModuleOp, context: AipuContext) -> None:
        """Run the passes over a module, and hold it to all that is asked.

        Raises:
            AipuError: what is wrong.
        """
        run_pipeline(self.passes, module, context, self.watchers(context))
        if self.expect:
            expect(self.expect, module, context)

    def watchers(self, context: AipuContext) -> list[Observer]:
        """Who holds the passes to numbers, without a word if all is well."""
        if not self.check_numerics:
            return []
        from .promise_check import numerics_check

        return [numerics_check(self.passes, context, self.data, say=lambda _: None)]


def expect(command: str, module: ModuleOp, context: AipuContext) -> None:
    """Run a command on the file of a module, its weights beside it.

    Raises:
        AipuError: the command does not succeed.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "module.mlir"
        write_module(file, module_text(module, Locations.NAMES), context)
        name = quote(str(file))
        line = command.replace(FILE, name) if FILE in command else f"{command} {name}"
        done = subprocess.run(line, shell=True, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        words = f": {said[0].replace(folder, '')}" if said else ""
        raise AipuError(f"`{command}` ends with {done.returncode}{words}")


def same_fault(error: AipuError, other: AipuError | None) -> bool:
    """Whether two errors say the same of perhaps different modules."""
    return other is not None and _kind(error) == _kind(other)


def _kind(error: AipuError) -> str:
    """What an error says, without names, numbers, places and how numbers differ."""
    first, *_ = error.message.split("\n", 1)
    return VARYING.sub("_", first.split(", but ", 1)[0])
