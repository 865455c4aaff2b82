"""Networks of other formats as ncnn's text, read again by ncnn's door."""

from math import prod
from pathlib import Path

import pytest

from aipu.dialects import nn
from aipu.dialects.nn.macs import macs
from aipu.errors import AipuError
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.operators import operators
from aipu.runtime.benchmarking.as_param import as_param
from aipu.runtime.benchmarking.networks import candidates
from aipu.runtime.benchmarking.on_this_computer import measured
from aipu.runtime.building.driver import Build, Model, Options
from aipu.runtime.building.levels import FLOAT

UNKNOWN = """\
module {
  func.func @main(%x : tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
    %y = nn.sign %x : (tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
    func.return %y : tensor<1x4x4x8xf32>
  }
}
"""


def floats(model: Model, options: Options) -> Build:
    build = Build(model, options)
    build.reach(FLOAT)
    return build


def work(build: Build) -> tuple[int, int]:
    """Multiply-accumulates of a network, and elements of its result."""
    block = main_function(build.modules[FLOAT]).body.block
    found = operators(block)
    assert block.last_op is not None
    (result,) = block.last_op.operands
    return sum(map(macs, found)), prod(nn.shape(result))


@pytest.mark.parametrize(
    "name",
    [
        "ds_cnn_s",
        "mobilenet_v3",
        "resnet18",
        "light_shufflenet",
        "light_squeezenet",
        "light_bvlc_alexnet",
    ],
)
def test_it_is_the_same_network(name: str, tmp_path: Path) -> None:
    (network,) = candidates([name], None, Options())
    build = floats(network.model(), network.options)
    found = as_param(main_function(build.modules[FLOAT]).body.block)
    path = tmp_path / "network.param"
    path.write_text(found.text)
    assert work(floats(path, Options(random_weights=0))) == work(build)


def test_ncnn_runs_it(tmp_path: Path) -> None:
    pytest.importorskip("ncnn")
    (network,) = candidates(["ds_cnn_s"], None, Options())
    build = floats(network.model(), network.options)
    found = as_param(main_function(build.modules[FLOAT]).body.block)
    path = tmp_path / "network.param"
    path.write_text(found.text)
    assert measured(path, found.inputs, 1).ms > 0


def test_what_ncnn_is_not_told_about(tmp_path: Path) -> None:
    path = tmp_path / "sign.mlir"
    path.write_text(UNKNOWN)
    build = floats(path, Options())
    with pytest.raises(AipuError, match=r"ncnn has nothing that is known for nn\.sign"):
        as_param(main_function(build.modules[FLOAT]).body.block)
