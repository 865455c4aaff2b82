"""A package of two segments, each layer by itself, and what its report is made from."""

import pytest

from aipu import compile
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Figures, figures
from aipu.runtime.report.findings import Findings, findings
from aipu.tests.small_model import images, small_model


@pytest.fixture(scope="session")
def package() -> Package:
    return compile(small_model(), strategy="layerwise", calibration=images(8))


@pytest.fixture(scope="session")
def small_figures(package: Package) -> Figures:
    return figures(package.report)


@pytest.fixture(scope="session")
def verified(package: Package) -> Findings:
    """All that is known of the package, verified."""
    return findings(package, verified=True)
