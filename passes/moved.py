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
    "scheduling.check": "scheduling.schedules.check",
    "scheduling.choices": "scheduling.strategies.choices",
    "scheduling.cost": "scheduling.tiled.cost",
    "scheduling.fit": "scheduling.tiled.fit",
    "scheduling.goal": "scheduling.strategies.goal",
    "scheduling.group": "scheduling.network.group_graph",
    "scheduling.layerwise": "scheduling.strategies.layerwise",
    "scheduling.nest": "scheduling.tiled.nest",
    "scheduling.plan": "scheduling.tiled.plan",
    "scheduling.strategy": "scheduling.strategies.strategy",
    "scheduling.striped.following": "scheduling.striped.cost.following",
    "scheduling.tiles": "scheduling.tiled.tiles",
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
    first = now = fullname.removeprefix(package)
    while old := next((old for old in MOVED if f"{now}.".startswith(f"{old}.")), None):
        now = MOVED[old] + now.removeprefix(old)
    return f"{package}{now}" if now != first else None


def follow_moved_modules() -> None:
    """Let the old names be imported from now on."""
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, MovedModules())
