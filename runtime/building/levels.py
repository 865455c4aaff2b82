"""A network at every level: float, prepared, quantised, in tiles, lowered to `aipu`.

Prepared is what was quantised: still in reals, but placed, and with the range of every
tensor. Its operators have names, by which quantised ones say what they stand for.

A module is printed or parsed when somebody first asks for the other form.
"""

from collections.abc import Mapping
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp

from ...errors import AipuError
from ...passes.authoring.context import AipuContext
from ...passes.running.printing import Locations, module_text
from ...passes.running.reading import read_module

FLOAT, PREPARED, QUANTISED = "float", "prepared", "quantised"
TILE, AIPU = "tile", "aipu"
FILES: Mapping[str, str] = {
    FLOAT: "levels/float.mlir",
    PREPARED: "levels/prepared.mlir",
    QUANTISED: "model.mlir",
    TILE: "levels/tile.mlir",
    AIPU: "levels/aipu.mlir",
}


class Levels:
    """Modules by level."""

    def __init__(self, modules: Mapping[str, ModuleOp], folder: Path | None = None):
        """
        Args:
            modules: those that are at hand.
            folder: where the files of the others lie.
        """
        self._modules = dict(modules)
        self._folder = folder

    def __getitem__(self, level: str) -> ModuleOp:
        if level not in self._modules:
            assert self._folder is not None
            path = self._folder / FILES[level]
            text = self._read(level)
            self._modules[level] = read_module(text, str(path), AipuContext())
        return self._modules[level]

    def text(self, level: str) -> str:
        """The text of a level.

        Raises:
            AipuError: its file cannot be read.
        """
        if level not in self._modules and self._folder is not None:
            return self._read(level)
        return module_text(self[level], Locations.NAMES)

    def texts(self) -> dict[str, str]:
        """The text of every level, by its file in a package."""
        return {
            file: module_text(self[level], Locations.NAMES)
            for level, file in FILES.items()
        }

    def _read(self, level: str) -> str:
        assert self._folder is not None
        path = self._folder / FILES[level]
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AipuError(f"cannot read: {error}", place=str(path)) from None
