"""What a model has and its network does otherwise: said by every command."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper

import aipu as package_of_python
from aipu.cli.aipu_opt import main as aipu_opt
from aipu.tests.cli.command import aipu

WARNING = "node 'drop' (Dropout): is_test=0"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says it is for training, and samples for it, `x.npy`."""
    folder = tmp_path_factory.mktemp("odd")
    nodes = [
        helper.make_node("Dropout", ["x"], ["d"], "drop"),
        helper.make_node("Relu", ["d"], ["y"], "relu"),
    ]
    nodes[0].attribute.append(helper.make_attribute("is_test", 0))
    graph = helper.make_graph(
        nodes,
        "odd",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 64])],
    )
    opsets = [helper.make_opsetid("", 7)]
    onnx.save(
        helper.make_model(graph, opset_imports=opsets, ir_version=8),
        folder / "odd.onnx",
    )
    samples = np.random.default_rng(0).standard_normal((16, 64), np.float32)
    np.save(folder / "x.npy", samples)
    return folder / "odd.onnx"


@pytest.fixture(scope="module")
def built(odd: Path) -> Path:
    folder = odd.with_name("package")
    result = aipu("build", odd, "-o", folder, "--calibration", odd.with_name("x.npy"))
    assert result.exit_code == 0, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"aipu: warning: {WARNING}")
    return folder


def test_inspect(odd: Path) -> None:
    assert f"aipu: warning: {WARNING}" in aipu("inspect", odd).stderr
    told = json.loads(aipu("inspect", odd, "--json").stdout)["warnings"]
    assert len(told) == 1 and told[0].startswith(WARNING)


def test_the_package_keeps_it(built: Path) -> None:
    for file in ("package.json", "report.json"):
        (kept,) = json.loads((built / file).read_bytes())["warnings"]
        assert kept.startswith(WARNING)


def test_report_and_page(built: Path, tmp_path: Path) -> None:
    result = aipu("report", built, "--html", tmp_path / "odd.html")
    assert f"aipu: warning: {WARNING}" in result.stderr
    page = (tmp_path / "odd.html").read_text()
    assert "(Dropout): is_test=0 would drop elements" in page


def test_compare_names_the_package(built: Path, package: Path) -> None:
    assert f"{built}: {WARNING}" in aipu("compare", built, package).stderr


def test_aipu_opt(odd: Path) -> None:
    result = CliRunner().invoke(aipu_opt, [str(odd), "-p", "import"])
    assert result.stderr.startswith(f"aipu-opt: warning: {WARNING}")
    assert "nn." in result.stdout


def test_aipu_opt_says_what_passes_find(odd: Path) -> None:
    result = CliRunner().invoke(aipu_opt, [str(odd), "-p", "import,quantise"])
    assert "aipu-opt: warning: no calibration data" in result.stderr


def test_python(odd: Path) -> None:
    with pytest.warns(UserWarning, match="is_test=0"):
        package_of_python.compile(odd, calibration=odd.with_name("x.npy"))
