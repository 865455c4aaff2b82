"""A package of each network; those of ../shared are skipped where it is absent."""

from pathlib import Path

import pytest

import aipu
from aipu.runtime.building.package import Package
from aipu.tests.models.networks import LIGHT_FOLDER, NETWORKS, Network


@pytest.fixture(scope="session", params=NETWORKS, ids=lambda network: network.name)
def network(request: pytest.FixtureRequest) -> Network:
    return request.param


@pytest.fixture(scope="session")
def path(network: Network, request: pytest.FixtureRequest) -> Path:
    if network.is_light:
        return LIGHT_FOLDER / network.file
    return request.getfixturevalue("shared") / "models" / network.file


@pytest.fixture(scope="session")
def package(network: Network, path: Path) -> Package:
    """Its scales come from noise, seeded."""
    seed = 0 if network.is_light else None
    return aipu.compile(path, target=network.target, random_weights=seed)
