"""Loading passes that a user keeps in a file of their own."""

import inspect
import sys
from collections.abc import Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from xdsl.passes import ModulePass

from ...errors import AipuError
from ..registry import Registry
from .faults import Guarded


def load_passes(files: Iterable[Path], registry: Registry) -> Registry:
    """`registry` and the passes of some Python files, by their `name`.

    Raises:
        AipuError: a file cannot be run, holds no pass, or a name is taken.
    """
    known = dict(registry)
    for number, file in enumerate(files):
        found = _passes_in(_run(file, f"aipu_loaded_passes_{number}"))
        if not found:
            raise AipuError(
                "no pass in this file",
                place=str(file),
                remedy="define a subclass of aipu.passes.authoring.promises.AipuPass "
                "with a name and an apply method",
            )
        for pass_class in found:
            if pass_class.name in known:
                raise AipuError(
                    f"{pass_class.__name__}: a pass '{pass_class.name}' exists already",
                    place=str(file),
                    remedy="give it another name",
                )
            known[pass_class.name] = lambda pass_class=pass_class: pass_class
    return known


def _run(file: Path, name: str) -> ModuleType:
    """The module that a Python file makes; the last loaded under `name` is replaced."""
    if not file.is_file():
        raise AipuError("no such file to load passes from", place=str(file))
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise AipuError("not a Python file: its name must end in .py", place=str(file))
    module = module_from_spec(spec)
    sys.modules[name] = module
    with Guarded(f"loading passes from {file}"):
        spec.loader.exec_module(module)
    return module


def _passes_in(module: ModuleType) -> list[type[ModulePass]]:
    """The passes that a module itself defines, in order."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, ModulePass)
        and member.__module__ == module.__name__
        and hasattr(member, "name")
        and not inspect.isabstract(member)
    ]
