"""The networks of the examples are those of their papers."""

import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from aipu.dialects import nn
from aipu.dialects.nn.macs import macs
from aipu.examples.networks import NETWORKS
from aipu.frontends.onnx.importer import import_onnx

MACS = {
    "ds_cnn_s": 2.7e6,  # Zhang et al. 2017, table 5: 5.4 million operations
    "mobilenet": 569e6,  # Howard et al. 2017, table 8
    "mobilenet_v2": 300e6,  # Sandler et al. 2018, table 4
    "mobilenet_v3": 219e6,  # Howard et al. 2019, table 3
    "resnet18": 1.8e9,  # He et al. 2015, table 1
    "resnet50": 3_857_973_248,  # the R329 tutorial; He et al. 2015: 3.8e9
}
PARAMETERS = {
    "ds_cnn_s": 24e3,  # 38.6 KB with the feature maps of a layer, as int8
    "mobilenet": 4.2e6,
    "mobilenet_v2": 3.4e6,
    "mobilenet_v3": 5.4e6,
    "resnet18": 11.7e6,
    "resnet50": 25_557_096,
}


@pytest.mark.parametrize("name", NETWORKS)
def test_arithmetic_and_parameters_are_the_papers(name: str) -> None:
    model = NETWORKS[name](0)
    onnx.checker.check_model(model, full_check=True)
    module = import_onnx(model).module
    multiplied = sum(macs(op) for op in module.walk() if isinstance(op, nn.Operator))
    assert multiplied == pytest.approx(MACS[name], rel=0.02)
    statistics = (".mean", ".variance")
    learnt = (w for w in model.graph.initializer if not w.name.endswith(statistics))
    found = sum(onnx.numpy_helper.to_array(weight).size for weight in learnt)
    assert found == pytest.approx(PARAMETERS[name], rel=0.04)


def test_a_seed_is_a_model() -> None:
    one, same, other = (NETWORKS["ds_cnn_s"](seed) for seed in (0, 0, 1))
    assert one.SerializeToString() == same.SerializeToString()
    assert one.SerializeToString() != other.SerializeToString()


def test_one_line_writes_a_file(tmp_path: Path) -> None:
    path = tmp_path / "words.onnx"
    command = (sys.executable, "-m", "aipu.examples.networks", "ds_cnn_s", path)
    subprocess.run([*command, "--seed", "3"], check=True)
    assert path.read_bytes() == NETWORKS["ds_cnn_s"](3).SerializeToString()
