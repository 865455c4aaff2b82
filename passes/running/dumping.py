"""The module after every pass, in files."""

from contextlib import suppress
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ...whole_file import whole_file
from ..authoring.context import AipuContext
from .observer import Observer
from .printing import Locations, module_text


class DumpAfter(Observer):
    """Writes the module after every pass into a folder, numbered from the input on.

    At the end it adds `weights.npz`, which serves every one of the texts. Of a
    pass that fails it writes what it has left, if that can be written.
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

    def failed(
        self, module_pass: ModulePass, module: ModuleOp, error: AipuError
    ) -> None:
        with suppress(Exception):  # a module that is not valid may fail anywhere
            self._dump(f"{module_pass.name}-failed", module)
        self.end(module)

    def end(self, module: ModuleOp) -> None:
        if self.context.has_weights:
            with whole_file(self.folder / "weights.npz") as beside:
                self.context.weights.save(beside)

    def _dump(self, name: str, module: ModuleOp) -> None:
        path = self.folder / f"{self.count:02}-{name}.mlir"
        text = module_text(module, Locations.NAMES)
        with whole_file(path) as beside:
            beside.write_text(text, encoding="utf-8")
        self.count += 1
