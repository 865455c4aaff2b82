"""Pools and reductions against TFLite's own runtime."""

import numpy as np
import pytest

from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

SAME, VALID, RELU = 0, 1, 1
POOLS = ["AVERAGE_POOL_2D", "MAX_POOL_2D"]
REDUCTIONS = ["MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"]


@pytest.fixture
def ifm(generator):
    # All negative, so that padding with zeros would show in a maximum.
    return generator.standard_normal((2, 7, 8, 3), np.float32) - 5


@pytest.mark.parametrize("padding", [SAME, VALID], ids=["same", "valid"])
@pytest.mark.parametrize("kind", POOLS)
def test_pools(check, ifm, kind, padding):
    window = {"FilterHeight": 3, "FilterWidth": 2, "StrideH": 2, "StrideW": 3}
    check(kind, ifm, Padding=padding, **window, options_type="Pool2DOptions")


def test_a_pool_may_have_an_activation(check, ifm):
    window = {"FilterHeight": 2, "FilterWidth": 2, "StrideH": 2, "StrideW": 2}
    given = {"FusedActivationFunction": RELU, "options_type": "Pool2DOptions"}
    check("MAX_POOL_2D", ifm + 5, **window, **given)


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("axes", [[1, 2], [-1], [0, 3, 0]], ids=str)
@pytest.mark.parametrize("kind", REDUCTIONS)
def test_reductions(check, ifm, kind, axes, keep):
    axes = np.array(axes, np.int32)
    check(kind, ifm, axes, KeepDims=keep, options_type="ReducerOptions")


@pytest.mark.parametrize("kind", ["ARG_MAX", "ARG_MIN"])
def test_the_place_of_the_greatest_and_of_the_least(check, generator, kind):
    # With equals, of which the first counts.
    ifm = generator.integers(0, 4, (3, 4, 9)).astype(np.float32)
    name = {"ARG_MAX": "ArgMaxOptions", "ARG_MIN": "ArgMinOptions"}[kind]
    axis = np.array([-1], np.int32)
    check(kind, ifm, axis, result="int64", OutputType=4, options_type=name)


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_cumulative_sum(check, ifm, exclusive, reverse):
    given = {"Exclusive": exclusive, "Reverse": reverse}
    check("CUMSUM", ifm, np.array(2, np.int32), options_type="CumsumOptions", **given)


@pytest.mark.parametrize("count", [1, 2])
def test_the_greatest(runtime, computed, ifm, count):
    tensors = [
        Tensor("x", shape=ifm.shape),
        Tensor("k", np.array(count, np.int32)),
        Tensor("values"),
        Tensor("places", dtype="int32"),
    ]
    node = Operator("TOPK_V2", ["x", "k"], ["values", "places"])
    content = tflite_file(tensors, [node], ["x"], node.outputs)
    pairs = zip(computed(content, [ifm]), runtime(content, [ifm]), strict=True)
    for found, expected in pairs:
        assert np.array_equal(found, expected)
