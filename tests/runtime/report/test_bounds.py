"""What runs is no better than its bounds, whatever its operators leave unread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from aipu import compile
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.operator_names import operator_names
from aipu.passes.authoring.operators import operators
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import FLOAT
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures
from aipu.tests.runtime.report.mixed_networks import Gapped
from aipu.tests.within_bounds import assert_within_bounds

TARGETS = ("r329", "gemmini-16x16", "square-32x32")


def names(seed: int) -> list[str]:
    """What can be pinned of a network."""
    build = Build(Gapped(seed).model(), Options())
    build.reach(FLOAT)
    found = operators(main_function(build.module).body.block)
    return [*dict.fromkeys(operator_names(found).values())]


def check(seed: int) -> None:
    """As it is, and with operators pinned to the host at random; by all strategies."""
    random = np.random.default_rng(seed)
    pinnable = names(seed)
    strategies = random.permutation(["layerwise", "packed", "greedy", "dp"])[
        :3
    ].tolist()
    for target, share, strategy in zip(TARGETS, (0, 0.2, 0.5), strategies, strict=True):
        host = [name for name in pinnable if random.random() < share]
        package = compile(
            Gapped(seed).model(),
            target=target,
            strategy=strategy,
            quantise={"method": "min-max"},
            host=host,
        )
        assert_within_bounds(package.report)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(8))
def test_networks_with_gaps_keep_their_bounds(seed: int) -> None:
    check(seed)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("first", range(100, 400, 50))
def test_many_networks_with_gaps_keep_their_bounds(first: int) -> None:
    for seed in range(first, first + 50):
        check(seed)


def pooled(rows: int, columns: int, size: tuple[int, int]) -> Package:
    """A 1x1 convolution and a max pool, in stripes together."""
    weight = np.random.default_rng(0).normal(0, 0.3, (16, 16, 1, 1))
    window = list(size)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "weight"], ["c"], "conv"),
            helper.make_node(
                "MaxPool", ["c"], ["y"], "pool", kernel_shape=window, strides=window
            ),
        ],
        "pooled",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 16, rows, columns))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight.astype(np.float32), "weight")],
    )
    opsets = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return compile(model, strategy="dp")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_fused_pool_leaves_out_what_fills_no_window() -> None:
    """Of 3x3 pixels, the first 2x2 are needed; stripes are of whole rows."""
    package = pooled(3, 3, (2, 2))
    found = figures(package.report)
    assert [layer.op for layer in found.layers] == ["conv2d+max_pool2d"]
    assert found.macs == 6 * 16 * 16
    assert found.bounds.compute_cycles == 4 * 16 * 16 // 128
    parameters = 8 * 16
    assert found.bounds.dram_bytes_fused == 4 * 16 + 16 * 16 + parameters + 16
    assert found.dram_bytes == found.bounds.dram_bytes_fused + 2 * 16


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=10)
@given(
    rows=st.integers(3, 9),
    columns=st.integers(3, 9),
    size=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_fused_pools_keep_their_bounds(
    rows: int, columns: int, size: tuple[int, int]
) -> None:
    assert_within_bounds(pooled(rows, columns, size).report)
