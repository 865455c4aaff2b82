"""Rounding by ONNX Runtime: the very integers of numpy, also between two of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import TensorType, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.engines import Numpy, host_engine
from aipu.errors import AipuError

SHAPE = (1, 9, 7, 3)


def rounding(element: UniformType) -> FuncOp:
    """A function from reals to integers."""
    block = Block(arg_types=[TensorType(f32, SHAPE)])
    op = nn.QuantiseOp(block.args[0], element)
    block.add_ops([op, ReturnOp(op.ofm)])
    types = [block.args[0].type], [op.ofm.type]
    return FuncOp("host", types, Region(block))


def both(element: UniformType, array: np.ndarray) -> list[np.ndarray]:
    engines = Numpy(), host_engine("onnxruntime")
    return [each.prepare(rounding(element), {})([array])[0] for each in engines]


def arrays(reals: np.ndarray) -> list[np.ndarray]:
    """The same numbers in one piece, as another layout lies there, and in pieces."""
    dense = np.resize(reals.astype(np.float32), SHAPE)
    other = np.ascontiguousarray(dense.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    pieces = np.repeat(dense, 2, axis=2)[:, :, ::2]
    return [dense, other, pieces]


@settings(max_examples=40)
@given(
    st.floats(1e-6, 1e4),
    st.integers(-128, 127),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["far", "near", "middles"]),
)
def test_it_is_what_numpy_gives(
    scale: float, zero_point: int, seed: int, kind: str
) -> None:
    pytest.importorskip("onnxruntime")
    generator = np.random.default_rng(seed)
    steps = generator.normal(0, 80, np.prod(SHAPE))
    if kind != "far":
        steps = np.rint(steps) + 0.5
    if kind == "near":
        steps += generator.normal(0, 1e-5, steps.size)
    for array in arrays(steps * scale):
        expected, found = both(UniformType(scale, zero_point), array)
        assert found.dtype == expected.dtype == np.int8
        assert np.array_equal(found, expected)
        assert found.flags.c_contiguous


def test_what_is_no_number() -> None:
    pytest.importorskip("onnxruntime")
    array = np.zeros(SHAPE, np.float32)
    array[0, 0, 0] = np.inf, -np.inf, 1e30
    expected, found = both(UniformType(0.5, 3), array)
    assert np.array_equal(found, expected)
    array[0, 0, 0, 1] = np.nan
    with pytest.raises(AipuError, match="cannot quantise a tensor that holds NaN"):
        both(UniformType(0.5, 3), array)
