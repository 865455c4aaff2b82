"""The example that builds the tutorial's ResNet-50."""

import subprocess
import sys
from math import prod
from pathlib import Path

import onnx
import pytest

from aipu.dialects import nn
from aipu.frontends.onnx.importer import import_onnx

WRITING = (sys.executable, "-m", "aipu.examples.networks", "resnet50")


def build(path: Path, *options: str) -> bytes:
    subprocess.run([*WRITING, path, *options], check=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("models") / "resnet50_v1.onnx"
    build(path)
    return path


def test_it_is_an_onnx_model(path):
    onnx.checker.check_model(path, full_check=True)


def test_its_arithmetic_is_the_tutorials(path, function):
    ops = function(import_onnx(path)).body.block.ops
    layers = [op for op in ops if isinstance(op, nn.Conv2dOp | nn.FullyConnectedOp)]
    macs = (prod(nn.shape(op.ofm)) * prod(nn.shape(op.weight)[1:]) for op in layers)
    assert sum(macs) == 3_857_973_248
    assert len(layers) == 54


def test_it_has_25_million_parameters(path):
    weights = onnx.load(path).graph.initializer
    statistics = [w for w in weights if w.name.endswith((".mean", ".variance"))]
    trained = [w for w in weights if w not in statistics]
    assert sum(prod(weight.dims) for weight in trained) == 25_557_032


def test_a_stage_halves_its_map_in_the_first_1x1(path):
    nodes = {
        node.name: node for node in onnx.load(path, load_external_data=False).graph.node
    }
    strides = {
        name: onnx.helper.get_node_attr_value(nodes[name], "strides")
        for name in (
            "stage2.block1.conv1",
            "stage2.block1.conv2",
            "stage2.block2.conv1",
        )
    }
    assert list(strides.values()) == [[2, 2], [1, 1], [1, 1]]


def test_it_computes_what_onnxruntime_computes(path, reference, results, noise, error):
    imported = import_onnx(path)
    assert imported.weights_source == "model"
    inputs = noise(imported)
    assert error(results(imported, inputs), reference(path, inputs)) < 1e-4


def test_the_same_seed_writes_the_same_bytes(path, tmp_path):
    assert build(tmp_path / "again.onnx", "--seed", "0") == path.read_bytes()
    assert build(tmp_path / "other.onnx", "--seed", "1") != path.read_bytes()
