"""Loading extensions: from files, from `AIPU_LOAD`, and those that are installed."""

import inspect
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from xdsl.ir import Dialect, Operation
from xdsl.passes import ModulePass

from ..errors import AipuError
from ..extensions import EXTENSIONS, add, extension, for_a_while, forget, run_file
from ..passes.moved import follow_moved_modules
from ..passes.registry import PASSES
from .guards import OfUsers, line_of
from .operators import extend_dialect, own

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENVIRONMENT = "AIPU_LOAD"
"""Files to load wherever one of ours is run, between colons, as in `PATH`."""

GROUP = "aipu.extensions"
"""Of the entry points that name modules to load."""


def load_extension(path: str | Path) -> None:
    """Add what a Python file of a user's defines, from now on.

    It may define passes, operators of a dialect of its own, converters, strategies and
    targets: docs/extending.md shows one of each. A file that is loaded already is not
    run again, unless it has changed; then what it added before is taken back.

    Raises:
        AipuError: there is no such file, it cannot be run, adds nothing, or adds what
            exists already; the message has the line.
    """
    follow_moved_modules()
    file = Path(path)
    with OfUsers(f"loading {file}"):
        module = run_file(file)
    with _forgotten_on_failure(module), OfUsers(f"loading {file}"):
        _add_what_it_defines(module)
        _check_additions(module, file)


@contextmanager
def _forgotten_on_failure(module: ModuleType) -> Iterator[None]:
    try:
        yield
    except AipuError:
        forget(module.__name__)
        raise


def _check_additions(module: ModuleType, file: Path) -> None:
    """Check that a file was worth loading."""
    if not (EXTENSIONS[module.__name__].taking_back or _changes_tables(module)):
        raise AipuError(
            "nothing in this file adds to the compiler",
            place=str(file),
            remedy="define a pass, a subclass of aipu.extend.AipuPass with a name and "
            "an apply method, or use a decorator of aipu.extend",
        )


def load_installed() -> None:
    """Add what installed packages, and the files that `AIPU_LOAD` lists, define.

    Raises:
        AipuError: as `load_extension`.
    """
    for point in _installed():
        _load_entry_point(point)
    for file in filter(None, os.environ.get(ENVIRONMENT, "").split(os.pathsep)):
        load_extension(file)


@contextmanager
def loaded(files: Iterable[str | Path]) -> Iterator[None]:
    """Have installed extensions and those in files inside, and no longer.

    Raises:
        AipuError: as `load_extension`.
    """
    with for_a_while():
        load_installed()
        for file in files:
            load_extension(file)
        yield


def _installed() -> "Iterable[EntryPoint]":
    """The entry points of our group.

    To read them all takes Python's own reader longer than the rest of a small run, so
    it is asked only where a file names the group.
    """
    group = GROUP.encode()
    files = (
        file
        for folder in map(Path, sys.path)
        for file in folder.glob("*-info/entry_points.txt")
    )
    if not any(group in file.read_bytes() for file in files):
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def _load_entry_point(point: "EntryPoint") -> None:
    before = [*sys.modules]
    with OfUsers(f"loading the installed extension '{point.name}'"):
        found = point.load()
        module = found if isinstance(found, ModuleType) else sys.modules[point.module]
        if module.__name__ in EXTENSIONS and module.__name__ in before:
            return
        extension(module.__name__).name = point.name
        _add_what_it_defines(module)


def _add_what_it_defines(module: ModuleType) -> None:
    """Add the dialects, operators and passes that a module, or its package, defines."""
    for member in vars(module).values():
        if isinstance(member, Dialect) and _is_of(member, module):
            extend_dialect(
                module.__name__, member.name, member.operations, member.attributes
            )
    for member in vars(module).values():
        if isinstance(member, type) and _is_own(member, module):
            try:
                _add_class(member)
            except AipuError as error:
                place, remedy = line_of(member), error.remedy
                raise AipuError(error.message, place=place, remedy=remedy) from None


def _is_own(member: type, module: ModuleType) -> bool:
    """Whether a class was written in a module, or in its package."""
    package, _, _ = module.__name__.partition(".")
    return f"{member.__module__}.".startswith(f"{package}.")


def _add_class(member: type) -> None:
    """Add an operator or a pass; other classes are their file's own matter."""
    if issubclass(member, Operation) and isinstance(vars(member).get("name"), str):
        own(member)
    elif issubclass(member, ModulePass) and hasattr(member, "name"):
        if not inspect.isabstract(member):
            _add_pass(member)
        elif "name" in vars(member):
            raise AipuError(
                f"the pass '{member.name}' has no method `apply(self, ctx, op)`"
            )


def _is_of(dialect: Dialect, module: ModuleType) -> bool:
    """Whether a dialect was made in a module, and not imported there."""
    return any(each.__module__ == module.__name__ for each in dialect.operations)


def _add_pass(module_pass: type[ModulePass]) -> None:
    known = PASSES.get(module_pass.name)
    if known is not None and known() is module_pass:
        return
    add(
        module_pass.__module__,
        PASSES,
        module_pass.name,
        lambda: module_pass,
        f"a pass '{module_pass.name}'",
    )


def _changes_tables(module: ModuleType) -> bool:
    """Whether a module defines an operator that it has put into tables by itself."""
    return any(
        isinstance(member, type)
        and issubclass(member, Operation)
        and member.__module__ == module.__name__
        for member in vars(module).values()
    )
