"""Every layer of every network gives the same bytes at every level."""

from pathlib import Path

import onnx
import pytest

import aipu
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures
from aipu.runtime.report.ladder import ladder
from aipu.tests.models.networks import LIGHT_FOLDER

pytestmark = pytest.mark.long


MULTIPLYING = ("Conv", "Gemm", "MatMul")


def test_all_levels_give_the_same_bytes(path: Path, package: Package) -> None:
    rows = package.verify()
    assert {row.level for row in rows} == {"tile", "aipu", "binary"}
    assert [row for row in rows if not row.equal] == []
    found = ladder(rows, figures(package.report))
    graph = onnx.load(path).graph
    nodes = [node for node in graph.node if node.op_type in MULTIPLYING]
    assert found.layers.exact == found.layers.total >= len(nodes)


def test_the_r329_has_no_room_for_vgg19() -> None:
    """As the board has none for VGG-16."""
    with pytest.raises(aipu.AipuError) as caught:
        aipu.compile(LIGHT_FOLDER / "light_vgg19.onnx", random_weights=0)
    message = str(caught.value)
    assert "the network needs 150.2 MB of DRAM, r329 has 104.9 MB" in message
    assert "143.8 MB  weights" in message
    assert "fc6_w_0" in message
