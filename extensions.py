"""What users have added to the compiler, from a file of theirs or an installed package.

An extension is a Python module. What its decorators add to our tables is remembered
under its name, so that packages can say what they were built with, and so that it can
be taken back. The decorators are in `extend/`.
"""

import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from .errors import AipuError

Key = TypeVar("Key")
Row = TypeVar("Row")


@dataclass
class Extension:
    """A module that has added to the compiler.

    name: of its file, or of the entry point that names it.
    path: of its file, as it was given; None if there is none.
    sha256: of the bytes of that file, in hexadecimal.
    operators: the names of those that it defines.
    taking_back: what removes its rows again, in the order in which they came.
    """

    name: str
    path: Path | None
    sha256: str
    operators: list[str] = field(default_factory=list)
    taking_back: list[Callable[[], object]] = field(default_factory=list)


EXTENSIONS: dict[str, Extension] = {}
"""By the names of their modules, in the order in which they were loaded."""


def extension(module: str) -> Extension:
    """The extension that a module is, from now on at the latest."""
    if module not in EXTENSIONS:
        file = getattr(sys.modules.get(module), "__file__", None)
        path = None if file is None else Path(file)
        name = module if path is None else path.name
        EXTENSIONS[module] = Extension(name, path, _digest(path))
    return EXTENSIONS[module]


def add(
    module: str, table: MutableMapping[Key, Row], key: Key, row: Row, what: str
) -> None:
    """Add a row to a table, on behalf of a module.

    Args:
        module: the name of the extension's module.
        table: one of the compiler's.
        key, row: what is added.
        what: the row in words, for the message that it is there already.

    Raises:
        AipuError: the table has such a row already.
    """
    if key in table:
        raise AipuError(f"{what} exists already", remedy="give yours another name")
    table[key] = row
    extension(module).taking_back.append(partial(table.pop, key, None))


def run_file(file: Path) -> ModuleType:
    """The module of a file; it is run once, and again only after it has changed.

    A copy of a file that is loaded is the same extension.

    Raises:
        AipuError: there is no such file, or it is no Python file.
        BaseException: whatever the file raises; nothing that it added is left then.
    """
    if not file.is_file():
        raise AipuError("no such file to load", place=str(file))
    digest = _digest(file)
    for module, known in [*EXTENSIONS.items()]:
        if known.sha256 == digest:
            return sys.modules[module]
        if known.path is not None and known.path.resolve() == file.resolve():
            forget(module)
    name = f"aipu_extension_{sha256(str(file.resolve()).encode()).hexdigest()[:12]}"
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise AipuError("not a Python file: its name must end in .py", place=str(file))
    module = sys.modules[name] = module_from_spec(spec)
    EXTENSIONS[name] = Extension(file.name, file, digest)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        forget(name)
        raise
    return module


def forget(module: str) -> None:
    """Take an extension back, with all that it added."""
    for take_back in reversed(EXTENSIONS.pop(module).taking_back):
        take_back()
    if module != "__main__":
        sys.modules.pop(module, None)


@contextmanager
def for_a_while() -> Iterator[None]:
    """Take back, at the end, the extensions that were loaded inside."""
    before = [*EXTENSIONS]
    try:
        yield
    finally:
        for module in reversed([each for each in EXTENSIONS if each not in before]):
            forget(module)


def load_options() -> list[str]:
    """The words that let a command load the files of the extensions that there are."""
    # A file that only holds the strategy that was asked for adds nothing by itself.
    paths = (each.path for each in EXTENSIONS.values() if each.taking_back)
    return [
        word for path in paths if path is not None for word in ("--load", str(path))
    ]


def _digest(path: Path | None) -> str:
    return "" if path is None else sha256(path.read_bytes()).hexdigest()
