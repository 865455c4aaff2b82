"""A target of a user's own: a TOML file beside the one that names it."""

import sys
from pathlib import Path

from ..backend_aipu.machine import TARGET_FILES, load_machine
from ..extensions import add


def target(file: str | Path) -> None:
    """Let `--target` know a target file by the name that it states.

    Args:
        file: a path from the folder of the file that calls this.

    Raises:
        AipuError: it is no target file, or there is a target of its name already.
    """
    caller = sys._getframe(1).f_globals
    path = Path(caller.get("__file__", "")).parent / file
    name = load_machine(str(path)).name
    add(caller["__name__"], TARGET_FILES, name, path, f"a target '{name}'")
