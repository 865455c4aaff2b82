"""Movement by the index that each element comes from, on reals and on integers."""

import numpy as np
import pytest
from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Block

from aipu.dialects import nn
from aipu.dialects.semantics.real import movement


@pytest.fixture(params=[np.float32, np.float64, np.int8])
def ifm(request) -> np.ndarray:
    return np.arange(2 * 3 * 5).reshape(2, 3, 5).astype(request.param)


def test_reshape_keeps_the_order(run, ifm):
    ofm = run(lambda operand: nn.ReshapeOp(operand, (5, 6)), ifm)
    assert ofm.reshape(-1).tolist() == list(range(30))


def test_transpose(run, ifm):
    ofm = run(lambda operand: nn.TransposeOp(operand, (2, 0, 1)), ifm)
    for a, b, c in np.ndindex(5, 2, 3):
        assert ofm[a, b, c] == ifm[b, c, a]


def test_reshape_after_transpose_takes_the_new_order(run, ifm):
    transposed = run(lambda operand: nn.TransposeOp(operand, (2, 0, 1)), ifm)
    ofm = run(lambda operand: nn.ReshapeOp(operand, (30,)), transposed)
    assert ofm[:4].tolist() == [0, 5, 10, 15]


def test_concat(run, ifm):
    other = ifm[:, :1] + 50
    ofm = run(lambda *operands: nn.ConcatOp(operands, 1), ifm, other)
    for a, b, c in np.ndindex(2, 4, 5):
        assert ofm[a, b, c] == (ifm[a, b, c] if b < 3 else other[a, 0, c])


@pytest.mark.parametrize("starts, sizes, strides", [
    ((0, 1, 0), (2, 2, 3), (1, 1, 2)),
    ((1, 2, 4), (1, 3, 2), (1, -1, -3)),
    ((0, 0, 3), (2, 1, 4), (1, 1, -1)),
])  # fmt: skip
def test_slice(run, ifm, starts, sizes, strides):
    ofm = run(lambda operand: nn.SliceOp(operand, starts, sizes, strides), ifm)
    for index in np.ndindex(sizes):
        source = tuple(
            start + i * stride
            for start, i, stride in zip(starts, index, strides, strict=True)
        )
        assert ofm[index] == ifm[source]


def test_pad(run, ifm):
    ofm = run(lambda operand: nn.PadOp(operand, (0, 1, 2), (1, 0, 3), 7.0), ifm)
    for a, b, c in np.ndindex(ofm.shape):
        inside = a < 2 and b >= 1 and 2 <= c < 7
        assert ofm[a, b, c] == (ifm[a, b - 1, c - 2] if inside else 7)


def test_pad_takes_the_stored_fill():
    """On integers the value 0.0 is stored as the zero point."""
    operand = Block(arg_types=[TensorType(f32, (2,))]).args[0]
    op = nn.PadOp(operand, (1,), (1,), 0.0)
    ofm = movement.pad(op, np.array([1, 2], np.int8), fill=-3)
    assert ofm.tolist() == [-3, 1, 2, -3]
    assert ofm.dtype == np.int8
