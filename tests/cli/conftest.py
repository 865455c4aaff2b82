"""A model, samples for it, and a package built from them."""

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from aipu.dialects.semantics.weights import WeightStore
from aipu.tests.cli.command import aipu
from aipu.tests.cli.opt import NETWORK, USERS_PASS
from aipu.tests.small_model import images, save, small_model


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `small.onnx`, and `images.npy` to calibrate it with."""
    folder = tmp_path_factory.mktemp("sources")
    save(small_model(), folder / "small.onnx")
    np.save(folder / "images.npy", images(8))
    return folder


@pytest.fixture(scope="session")
def model(sources: Path) -> Path:
    return sources / "small.onnx"


@pytest.fixture(scope="session")
def samples(sources: Path) -> Path:
    return sources / "images.npy"


@pytest.fixture(scope="session")
def package(model: Path, samples: Path) -> Path:
    """A sound package, every layer by itself; tests must not change it."""
    folder = model.with_name("package")
    options = ("--calibration", samples, "--strategy", "layerwise")
    result = aipu("build", model, "-o", folder, *options)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    """A package of its own for a test that damages it."""
    return Path(copytree(package, tmp_path / "package"))


@pytest.fixture
def altered(copy: Path) -> Path:
    """A package whose last layer has other weights than its binary."""
    weights = dict(WeightStore.load(copy / "weights.npz"))
    weights["w4/int8"] = weights["w4/int8"] ^ 1
    WeightStore(weights).save(copy / "weights.npz")
    return copy


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.mlir"
    path.write_text(NETWORK)
    return path


@pytest.fixture
def users_pass(tmp_path: Path) -> Path:
    path = tmp_path / "widen_clamp.py"
    path.write_text(USERS_PASS)
    return path
