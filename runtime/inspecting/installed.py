"""What is installed of all that `aipu` can use: itself, and its extras.

The extras are read from the package's own metadata, so that they stand in one place.
"""

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from msgspec import Struct

PACKAGE = "aipu-compiler"
OF_DEVELOPERS = ("all", "check", "test")
"""Extras that are sums of others, or for those who change the code."""

REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)\s*(?P<needed>[^;\[]*?)\s*;.*extra == [\"'](?P<extra>\w+)[\"']"
)
DEMAND = re.compile(r"(?P<sign>>=|<|==)\s*(?P<version>[\d.]+)")


class Needed(Struct, frozen=True):
    """A package of an extra.

    needed: the versions that will do, as pip says it.
    found: the version that is installed; null where none is.
    good: whether that will do.
    """

    extra: str
    package: str
    needed: str
    found: str | None
    good: bool


class Installed(Struct, frozen=True):
    """What is here.

    python, aipu: versions.
    packages: of every extra.
    remedy: the line that installs what is missing; empty if nothing is.
    """

    python: str
    aipu: str
    packages: list[Needed]
    remedy: str


def installed() -> Installed:
    """Look at this environment."""
    found = list(_packages())
    missing = dict.fromkeys(each.extra for each in found if not each.good)
    line = f"pip install '{PACKAGE}[{','.join(missing)}]'" if missing else ""
    return Installed(
        platform.python_version(), _version(PACKAGE) or "unknown", found, line
    )


def good(found: str, needed: str) -> bool:
    """Whether a version will do: `1.20` is newer than `1.9`."""
    for demand in DEMAND.finditer(needed):
        mine, other = numbers(found), numbers(demand["version"])
        if demand["sign"] == "==" and mine[: len(other)] != other:
            return False
        if demand["sign"] == ">=" and mine < other:
            return False
        if demand["sign"] == "<" and mine >= other:
            return False
    return True


def numbers(text: str) -> tuple[int, ...]:
    """The numbers of a version, as they are compared: `2.17.1+cpu` is 2, 17, 1."""
    leading = re.match(r"\d+(\.\d+)*", text)
    return tuple(map(int, leading[0].split("."))) if leading else ()


def _packages() -> Iterator[Needed]:
    for line in requires(PACKAGE) or ():
        words = REQUIREMENT.fullmatch(line.strip())
        if words is None or words["extra"] in OF_DEVELOPERS:
            continue
        found = _version(words["name"])
        will_do = found is not None and good(found, words["needed"])
        yield Needed(words["extra"], words["name"], words["needed"], found, will_do)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
