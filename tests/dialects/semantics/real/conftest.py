"""Running one operator on arrays."""

from collections.abc import Callable

import numpy as np
import pytest
from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Block

from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate_operator

Run = Callable[..., np.ndarray]


@pytest.fixture(scope="session")
def run() -> Run:
    """`run(make, *arrays)`: the result of the operator `make(*operands)` on arrays."""

    def run(make: Callable[..., nn.Operator], *arrays: np.ndarray) -> np.ndarray:
        types = [TensorType(f32, array.shape) for array in arrays]
        op = make(*Block(arg_types=types).args)
        op.verify()
        result = evaluate_operator(op, arrays)
        assert result.shape == nn.shape(op.ofm)
        assert result.dtype == arrays[0].dtype
        return result

    return run


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(0)
