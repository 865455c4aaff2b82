"""A network quantised by Arm-China's Compass Optimizer gives its numbers per layer.

Its tensors are uint8 after a relu or a sigmoid; ours are int8, so these are stored 128
lower, with a zero point of -128.
"""

from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import i8, i16, i32

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate_operator

SIGNED, UNSIGNED = UniformType(1.0, 0), UniformType(1.0, -128)


@pytest.fixture(scope="module")
def oracle(shared) -> Path:
    return shared / "oracles" / "zhouyi"


def dumped(oracle: Path, name: str, element: UniformType) -> np.ndarray:
    """A tensor of the Optimizer's dump, whose zero point is 0, as ours."""
    array = np.load(oracle / "tiny_dump" / "quant" / f"tiny_{name}.npy")
    return (array.astype(np.int32) + element.zero_point).astype(np.int8)


def constant(oracle: Path, dtype: str, shape: tuple[int, ...], offset: int):
    """A constant of tiny_o.bin, where tiny_o.txt says it lies."""
    data = (oracle / "tiny_o.bin").read_bytes()
    return np.frombuffer(data, dtype, int(np.prod(shape)), offset).reshape(shape)


def test_depthwise_convolution(oracle, tensor):
    shape = (1, 8, 8, 8)
    op = nn.Conv2dOp(
        tensor(shape, SIGNED),
        tensor((8, 3, 3, 1), i8),
        tensor((8,), i32),
        rescale=[tensor((8,), i16), tensor((8,), i8)],
        pad=(1, 1, 1, 1),
        groups=8,
        element=SIGNED,
    )
    result = evaluate_operator(
        op,
        [
            dumped(oracle, "DepthwiseConv__dw__i0_x", SIGNED),
            constant(oracle, "i1", (8, 3, 3, 1), 32),
            constant(oracle, "<i4", (8,), 0),
            constant(oracle, "<u2", (8,), 104),
            constant(oracle, "i1", (8,), 120),
        ],
    )
    assert np.array_equal(result, dumped(oracle, "DepthwiseConv__dw__o0_d", SIGNED))


def test_add(oracle, tensor):
    value = tensor((1, 8, 8, 8), SIGNED)
    rescale = nn.RescaleAttr(nn.Rescale((143, 18313, 21318), 21))
    op = nn.AddOp(value, value, rescale=rescale, activation=nn.RELU, element=UNSIGNED)
    lhs, rhs = (
        dumped(oracle, "Eltwise__add__i0_x", SIGNED),
        dumped(oracle, "Eltwise__add__i1_d", SIGNED),
    )
    result = evaluate_operator(op, [lhs, rhs])
    assert np.array_equal(result, dumped(oracle, "Eltwise__add__o0_a", UNSIGNED))


def test_sigmoid_as_a_lookup(oracle, tensor):
    value = tensor((1, 8, 8, 8), UNSIGNED)
    op = nn.LookupOp(value, tensor((256,), i8), UNSIGNED)
    table = (constant(oracle, "u1", (256,), 232).astype(np.int32) - 128).astype(np.int8)
    result = evaluate_operator(
        op, [dumped(oracle, "Activation__sig__i0_a", UNSIGNED), table]
    )
    assert np.array_equal(result, dumped(oracle, "Activation__sig__o0_s", UNSIGNED))


def test_fully_connected(oracle, tensor):
    op = nn.FullyConnectedOp(
        tensor((1, 512), UNSIGNED),
        tensor((10, 512), i8),
        tensor((10,), i32),
        rescale=[tensor((10,), i16), tensor((10,), i8)],
        element=SIGNED,
    )
    result = evaluate_operator(
        op,
        [
            dumped(oracle, "FullyConnected__fc__i0_r", UNSIGNED),
            constant(oracle, "i1", (10, 512), 528),
            constant(oracle, "<i4", (10,), 488),
            np.full(10, 185, np.int16),
            np.full(10, 19, np.int8),
        ],
    )
    assert np.array_equal(result, dumped(oracle, "FullyConnected__fc__o0_y", SIGNED))
