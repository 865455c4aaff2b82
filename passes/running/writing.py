"""Writing files: whole or not at all, and weights beside their text."""

from collections.abc import Callable
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ..context import AipuContext
from .observer import Observer
from .printing import Locations, module_text


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file that takes the place of `path` once it is complete.

    Raises:
        AipuError: the file cannot be written; one that was there is as it was.
    """
    part = path.with_name(path.name + ".part")
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise AipuError(f"cannot write: {error.strerror}", place=str(path)) from error


def write_module(path: Path, text: str, context: AipuContext) -> None:
    """Write the text of a module, and its weights, if any, beside it."""
    if context.has_weights:
        write_whole(weights_beside(path), context.weights.save)
    write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))


def weights_beside(path: Path) -> Path:
    """Where the weights of a module are kept: the same stem, `.npz`."""
    return path.with_suffix(".npz")


class DumpAfter(Observer):
    """Writes the module after every pass into a folder, numbered from the input on.

    At the end it adds `weights.npz`, which serves every one of the texts.
    """

    def __init__(self, folder: Path, context: AipuContext):
        self.folder = folder
        self.context = context
        self.count = 0

    def begin(self, module: ModuleOp) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AipuError(
                f"cannot make this folder: {error.strerror}", place=str(self.folder)
            ) from error
        self._dump("input", module)

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        self._dump(module_pass.name, module)

    def end(self, module: ModuleOp) -> None:
        if self.context.has_weights:
            write_whole(self.folder / "weights.npz", self.context.weights.save)

    def _dump(self, name: str, module: ModuleOp) -> None:
        path = self.folder / f"{self.count:02}-{name}.mlir"
        text = module_text(module, Locations.NAMES)
        write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))
        self.count += 1
