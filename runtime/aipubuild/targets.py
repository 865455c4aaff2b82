"""The vendor's names of chips, and the machines that stand for them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ...errors import AipuError, nearest


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
LATER = re.compile(r"(Z[2-9]|X\d)[A-Z]?_\w+")
"""Names of the chips that came after the Z1."""


def target_named(name: str, place: str) -> Target:
    """The machine that stands for a chip; its name may be in any case.

    Raises:
        AipuError: no machine does.
    """
    upper = name.upper()
    if upper in TARGETS:
        return TARGETS[upper]
    if LATER.fullmatch(upper):
        raise AipuError(
            f"'{name}' is a later chip, which is not modelled",
            place=place,
            remedy=f"target = {R329} gives an estimate",
        )
    raise AipuError(
        f"no machine for the target '{name}'",
        place=place,
        remedy=nearest(upper, TARGETS),
    )
