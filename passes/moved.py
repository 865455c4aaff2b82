"""Where modules of passes were before, for files of users that still say so."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "constants": "authoring.constants",
    "context": "authoring.context",
    "functions": "authoring.functions",
    "new_weight": "authoring.new_weight",
    "places": "authoring.places",
    "ranges": "authoring.ranges",
    "rewriting": "authoring.rewriting",
    "schedule": "scheduling",
    "segments": "authoring.segments",
    "semantics": "authoring.promises",
}
"""By its old name in `aipu.passes`, the new one of a module or a folder."""


class MovedModules(MetaPathFinder, Loader):
    """Finds a module by its old name: it is the one of the new name."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if new_name(fullname) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = new_name(module.__name__)
        assert name is not None
        sys.modules[module.__name__] = import_module(name)


def new_name(fullname: str) -> str | None:
    """The name that a module has now; None if it has not moved."""
    package = f"{__package__}."
    if not fullname.startswith(package):
        return None
    old, dot, rest = fullname.removeprefix(package).partition(".")
    return f"{package}{MOVED[old]}{dot}{rest}" if old in MOVED else None


def follow_moved_modules() -> None:
    """Let the old names be imported from now on."""
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, MovedModules())
