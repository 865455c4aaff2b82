"""What a pass promises about values; `aipu-opt --check-numerics` holds it to that."""

from dataclasses import dataclass
from typing import ClassVar

from xdsl.passes import ModulePass


@dataclass(frozen=True)
class Semantics:
    """How far the values after a pass may lie from those before it.

    `tolerance` is relative to the largest value of a tensor: 0 for bit equality, None
    for a pass that changes numbers on purpose (`quantise`). What holds `everywhere` is
    checked on any inputs; what does not, on such as a network is calibrated for.
    """

    name: str
    tolerance: float | None
    everywhere: bool = True


EXACT = Semantics("exact", 0.0)
REQUANTISING = Semantics("requantising", None, everywhere=False)
UNDECLARED = Semantics("undeclared", None, everywhere=False)


def approximate(tolerance: float) -> Semantics:
    """Equal but for rounding in floats."""
    return Semantics(f"approximate({tolerance:g})", tolerance)


def requantising(tolerance: float) -> Semantics:
    """Other numbers on purpose, but no further than so on usual inputs."""
    return Semantics(f"requantising({tolerance:g})", tolerance, everywhere=False)


@dataclass(frozen=True)
class AipuPass(ModulePass):
    """A pass that says what it does to values."""

    semantics: ClassVar[Semantics]


def semantics_of(module_pass: ModulePass | type[ModulePass]) -> Semantics:
    """What a pass promises; a plain xDSL pass promises nothing."""
    return getattr(module_pass, "semantics", UNDECLARED)
