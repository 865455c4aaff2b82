"""Operands without a module: a value of a tensor type, quantised or plain."""

from collections.abc import Callable

import pytest
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, SSAValue
from xdsl.utils.test_value import create_ssa_value

from aipu.dialects.quant import UniformType

MakeTensor = Callable[[tuple[int, ...], Attribute], SSAValue]


@pytest.fixture(scope="session")
def tensor() -> MakeTensor:
    """`tensor((1, 4, 4, 3), UniformType(0.1, 5))`."""
    return lambda shape, element: create_ssa_value(TensorType(element, shape))


@pytest.fixture(scope="session")
def feature_map(tensor: MakeTensor) -> Callable[..., SSAValue]:
    """`feature_map((1, 4, 4, 3), 5)`: int8 with a zero point; scale 1 if none given."""
    return lambda shape, zero_point, scale=1.0: tensor(
        shape, UniformType(scale, zero_point)
    )
