"""Every report that a test makes is held to its own lower bounds.

A plugin: whatever schedule the suite builds and simulates, and wherever its report is
made, what was simulated is no better than what the report calls the least.
"""

from collections.abc import Iterator

import pytest
from xdsl.dialects.builtin import ModuleOp

from aipu.backend_aipu.program import Program
from aipu.runtime.building import package
from aipu.runtime.figures.figures import figures
from aipu.runtime.figures.summary import Report
from aipu.runtime.manifest import Manifest
from aipu.runtime.report.bounds import distances
from aipu.runtime.simulator.profile import NetworkProfile

ROUNDING = 1e-9


@pytest.fixture(autouse=True, scope="session")
def every_report_keeps_its_bounds() -> Iterator[None]:
    """Look at each report before anybody else sees it."""
    made = package.summary

    def held(
        manifest: Manifest,
        scheduled: ModuleOp,
        program: Program,
        profile: NetworkProfile,
    ) -> Report:
        report = made(manifest, scheduled, program, profile)
        assert_within_bounds(report)
        return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "summary", held)
        yield


def assert_within_bounds(report: Report) -> None:
    """No figure is below its bound, and no bound below one that it includes."""
    found = figures(report)
    for distance in distances(found):
        least = distance.bound * (1 - ROUNDING)
        assert distance.found >= least, f"{found.model}: {distance}"
    bounds = found.bounds
    assert bounds.dram_bytes_layerwise >= bounds.dram_bytes_fused
    assert bounds.latency_ms_sram >= bounds.latency_ms
