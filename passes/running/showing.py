"""Showing a module before and after passes, as it is or as what has changed."""

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from .observer import Observer
from .options import pass_text

EVERY: Collection[str] | None = None
"""In place of the names of passes: all of them."""

Text = Callable[[ModuleOp], str]

COLOURS = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m"}
"""By the first sign of a line of a diff."""

PLAIN = "\x1b[0m"


@dataclass
class PrintIR(Observer):
    """Prints the module before and after passes, on the standard error.

    text: of a module.
    before, after: the names of the passes.
    on_change: after every pass that has changed it, too.
    """

    text: Text
    before_passes: Collection[str] | None = ()
    after_passes: Collection[str] | None = ()
    on_change: bool = False
    last: str = field(default="", init=False)

    def begin(self, module: ModuleOp) -> None:
        self.last = self.text(module) if self.on_change else ""

    def before(self, module_pass: ModulePass, module: ModuleOp) -> None:
        if _among(module_pass, self.before_passes):
            _show("Before", module_pass, self.text(module))

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        wanted = _among(module_pass, self.after_passes)
        if not (wanted or self.on_change):
            return
        text = self.text(module)
        if wanted or text != self.last:
            _show("After", module_pass, text)
        self.last = text

    def failed(
        self, module_pass: ModulePass, module: ModuleOp, error: AipuError
    ) -> None:
        if _among(module_pass, self.after_passes) or self.on_change:
            _show("After a failed", module_pass, text_or_nothing(self.text, module))


@dataclass
class PrintDiff(Observer):
    """Prints what every pass has changed as a unified diff, and what that costs.

    text: of a module.
    cycles: of a module; None where the level has none.
    """

    text: Text
    cycles: Callable[[ModuleOp], int | None]
    last: str = field(default="", init=False)
    taken: int | None = field(default=None, init=False)

    def begin(self, module: ModuleOp) -> None:
        self.last, self.taken = self.text(module), self.cycles(module)

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        text = self.text(module)
        if text == self.last:
            return
        taken = self.cycles(module)
        name = pass_text(module_pass)
        lines = unified_diff(
            self.last.splitlines(),
            text.splitlines(),
            f"before {name}",
            f"after {name}",
            lineterm="",
        )
        shown = [*lines, *_costs(self.taken, taken)]
        sys.stderr.write("".join(f"{line}\n" for line in coloured(shown)))
        self.last, self.taken = text, taken


def coloured(lines: Sequence[str]) -> Sequence[str]:
    """Lines of a diff, in colours where they go to a terminal."""
    if not sys.stderr.isatty():
        return lines
    return [
        f"{COLOURS[line[0]]}{line}{PLAIN}" if line[:1] in COLOURS else line
        for line in lines
    ]


def text_or_nothing(text: Text, module: ModuleOp) -> str:
    """The text of a module that a pass has left half done, if it has any."""
    try:
        return text(module)
    except Exception:  # a module that is not valid may fail anywhere
        return ""


def _costs(before: int | None, after: int | None) -> Sequence[str]:
    if after is None:
        return ()
    if before is None:
        return [f"{after:,} cycles"]
    change = f" ({after - before:+,})" if after != before else ""
    return [f"{before:,} cycles -> {after:,}{change}"]


def _among(module_pass: ModulePass, names: Collection[str] | None) -> bool:
    return names is None or module_pass.name in names


def _show(when: str, module_pass: ModulePass, text: str) -> None:
    title = f"// -----// IR Dump {when} {pass_text(module_pass)} //----- //\n"
    sys.stderr.write(title + text)
