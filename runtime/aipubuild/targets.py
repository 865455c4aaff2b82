"""The vendor's names of chips, and the machines that stand for them."""

from collections.abc import Mapping
from typing import NamedTuple


class Target(NamedTuple):
    """A chip: the vendor's name, our target file, and whether that is an estimate."""

    name: str
    machine: str
    estimate: bool


R329 = "Z1_0701"
ESTIMATES = ("Z1_0701_P", "Z1_0904", "Z1_1002")

TARGETS: Mapping[str, Target] = {
    R329: Target(R329, "r329", False),
    **{name: Target(name, "r329", True) for name in ESTIMATES},
}
