"""All that is known of a package when it is shown to people."""

from collections.abc import Sequence
from typing import NamedTuple

from ...backend_aipu.machine import Machine
from ..building.levels import Levels
from ..building.package import Package
from ..figures.figures import Figures, figures
from ..manifest import Manifest
from ..simulator.simulator import PreparedEntry
from .ladder import Ladder, ladder


class Findings(NamedTuple):
    """A report, and what it rests on.

    levels: the network at every level.
    entries: the entry points of the binary, prepared to run.
    ladder: how a verification ended, if there was one.
    """

    manifest: Manifest
    levels: Levels
    figures: Figures
    entries: Sequence[PreparedEntry]
    ladder: Ladder | None

    @property
    def machine(self) -> Machine:
        return self.manifest.machine


def findings(package: Package, *, verified: bool = False) -> Findings:
    """What is known of a package; `verified`: after verifying it on noise.

    Raises:
        AipuError: the package is damaged.
    """
    found = figures(package.report)
    checked = ladder(package.verify(), found) if verified else None
    entries = list(package.simulator.entries.values())
    return Findings(package.manifest, package.levels, found, entries, checked)
