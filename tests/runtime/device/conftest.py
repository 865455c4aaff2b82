"""A driver, and the files of networks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aipu.runtime.device.codes import Status
from aipu.runtime.device.npu import NPU
from aipu.tests.runtime.device.networks import CUT, STRAIGHT, built


@pytest.fixture
def npu() -> Iterator[NPU]:
    """A driver whose context was begun."""
    driver = NPU()
    assert driver.aipu_init_context() == Status.SUCCESS
    yield driver
    driver.aipu_deinit_context()


@pytest.fixture
def graph(npu: NPU) -> int:
    """A graph in it, of a binary alone."""
    binary = built(STRAIGHT).binary
    status, id = npu.aipu_load_graph(binary, len(binary))
    assert status == Status.SUCCESS
    return id


@pytest.fixture(scope="session")
def cut_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the package that the host cuts in two."""
    folder = tmp_path_factory.mktemp("packages") / "cut"
    built(CUT).save(folder)
    return folder
