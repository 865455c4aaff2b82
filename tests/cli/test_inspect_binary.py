"""`aipu inspect` of a binary: what the package and the driver say of it."""

import json
from pathlib import Path

import numpy as np
import pytest

import aipu
from aipu.runtime.device.codes import TensorType
from aipu.runtime.device.npu import NPU
from aipu.runtime.figures.figures import figures
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.small_model import images, model_of, small_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("inspect") / "package"
    aipu.compile(small_model(), calibration=images(8), host=["normal"]).save(found)
    return found


def test_it_needs_what_the_report_says(folder: Path) -> None:
    done = command("inspect", folder / "aipu.bin", "--json")
    found, report = json.loads(done.stdout), figures(aipu.load(folder).report)
    memory = report.memory
    assert found["target"] == "r329"
    assert found["weight_bytes"] == memory.weights_bytes
    assert found["map_bytes"] == memory.feature_maps_bytes
    assert found["program_bytes"] == memory.text_bytes
    assert found["sram_bytes"] == report.sram_peak_bytes
    assert len(found["entries"]) == 2
    launches = sum(each["launches"] for each in found["entries"])
    assert launches == len(report.layers)


def test_its_tensors_are_those_of_the_driver(tmp_path: Path) -> None:
    """Those of a network whose host has its rims alone."""
    data = np.random.default_rng(0).normal(size=(8, 64)).astype(np.float32)
    aipu.compile(model_of("Relu", [1, 64]), calibration=data).save(tmp_path / "relu")
    binary = tmp_path / "relu" / "aipu.bin"
    found = json.loads(command("inspect", binary, "--json").stdout)["tensors"]
    npu = NPU()
    npu.aipu_init_context()
    status, graph = npu.aipu_load_graph_from_file(str(binary))
    assert status == 0
    for each, kind in zip(
        found,
        (TensorType.INPUT, TensorType.OUTPUT),
        strict=True,
    ):
        tensor = npu.aipu_get_tensor_descriptor(graph, kind, 0)
        assert each["bytes"] == tensor.size
        assert each["scale"] == pytest.approx(tensor.scale)
        assert each["zero_point"] == tensor.zero_point
    npu.aipu_deinit_context()


def test_tables_name_entries(folder: Path) -> None:
    done = command("inspect", folder / "aipu.bin")
    assert done.stdout.startswith("aipu.bin, a binary for r329")
    assert "segment_1" in done.stdout


def test_programs_of_others_and_damage_are_said(folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.bin"
    data = bytearray((folder / "aipu.bin").read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    assert "damaged" in complaint("inspect", damaged)
    other = tmp_path / "other"
    other.write_bytes(b"\x7fELF" + bytes(200))
    assert "not one for the AIPU" in complaint("inspect", other)
