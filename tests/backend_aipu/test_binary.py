"""The binary, there and back."""

import pytest
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.program import Program
from aipu.errors import AipuError
from aipu.tests.backend_aipu.programs import programs, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st


@given(programs())
@settings(max_examples=60, deadline=None)
def test_binary_keeps_everything(program: Program) -> None:
    weights = weights_of(program)
    read, arrays = read_binary(write_binary(program, weights), target=program.target)
    assert read == program
    assert arrays.keys() == weights.keys()
    assert all((arrays[name] == weights[name]).all() for name in weights)


@given(programs(), st.data())
@settings(max_examples=60, deadline=None)
def test_flip(program: Program, data) -> None:
    weights = weights_of(program)
    b = bytearray(write_binary(program, weights))
    i = data.draw(st.integers(0, len(b) - 1))
    b[i] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AipuError):
        read_binary(bytes(b))
