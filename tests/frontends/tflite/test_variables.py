"""Variables of a model are inputs and outputs of the network."""

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.frontends.tflite.importer import import_tflite
from aipu.passes.authoring.functions import input_name, main_function, output_name
from aipu.tests.frontends.tflite.conftest import run_model
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

SHAPE = (1, 4)
HANDLE = Operator("VAR_HANDLE", [], ["h"], {"SharedName": "state"}, "VarHandleOptions")
TENSORS = [
    Tensor("h", dtype="resource"),
    *(Tensor(name, shape=SHAPE) for name in ("x", "old", "new", "again", "y")),
]


def added(lhs: str, rhs: str, result: str) -> Operator:
    return Operator("ADD", [lhs, rhs], [result], {}, "AddOptions")


def file_of(*operators: Operator) -> bytes:
    return tflite_file(TENSORS, [HANDLE, *operators], ["x"], ["y"])


@pytest.fixture
def arrays(generator):
    return [generator.standard_normal(SHAPE, np.float32) for _ in range(2)]


def test_what_is_kept_is_an_input_and_an_output(written, arrays):
    """Each run adds to the state, and gives twice what it has become."""
    content = file_of(
        Operator("READ_VARIABLE", ["h"], ["old"]),
        added("old", "x", "new"),
        Operator("ASSIGN_VARIABLE", ["h", "new"], []),
        Operator("READ_VARIABLE", ["h"], ["again"]),
        added("again", "new", "y"),
    )
    model = import_tflite(written(content))
    function = main_function(model.module)
    assert [input_name(argument) for argument in function.args] == ["x", "state"]
    assert [output_name(function, number) for number in range(2)] == ["y", "new"]
    assert any("variable 'state'" in line for line in model.warnings)
    doubled, state = run_model(model, arrays)
    assert np.allclose(state, arrays[0] + arrays[1])
    assert np.allclose(doubled, 2 * state)


def test_what_is_assigned_is_read(computed, runtime, arrays):
    content = file_of(
        added("x", "x", "new"),
        Operator("ASSIGN_VARIABLE", ["h", "new"], []),
        Operator("READ_VARIABLE", ["h"], ["again"]),
        added("again", "x", "y"),
    )
    (expected,) = runtime(content, arrays[:1])
    found, state = computed(content, arrays[:1])
    assert np.allclose(found, expected)
    assert np.allclose(state, 2 * arrays[0])


def test_a_handle_that_is_none(written):
    content = file_of(Operator("READ_VARIABLE", ["x"], ["y"]))
    with pytest.raises(AipuError, match="no handle of a variable") as caught:
        import_tflite(written(content))
    assert "READ_VARIABLE" in str(caught.value.place)
