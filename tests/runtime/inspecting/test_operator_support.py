"""What models may use, read off the tables of the frontends."""

import pytest

from aipu.dialects import nn
from aipu.errors import AipuError
from aipu.runtime.inspecting.operator_support import (
    ARRAY,
    BESIDES,
    FRONTENDS,
    HOST,
    VECTOR,
    nn_operators,
    operators_of_format,
)


def test_every_operator_of_nn_is_listed() -> None:
    names = {each.name for each in nn_operators()}
    assert {"conv2d", "add", "sigmoid", "softmax"} <= names
    assert len(names) == sum(issubclass(each, nn.Operator) for each in nn.Nn.operations)


def test_where_operators_run() -> None:
    places = {each.name: each.runs_on for each in nn_operators()}
    assert places["conv2d"] == ARRAY
    assert places["tanh"] == VECTOR
    assert places["lrn"] == HOST


@pytest.mark.parametrize("name", FRONTENDS)
def test_every_format_has_convolutions(name: str) -> None:
    found = operators_of_format(name)
    assert any("conv2d" in each.becomes and ARRAY in each.runs_on for each in found)


def test_what_an_operator_becomes_is_read_off_its_converter() -> None:
    becomes = {each.name: each.becomes for each in operators_of_format("onnx")}
    assert becomes["Relu"] == ["clamp"]
    assert becomes["Identity"] == []
    assert {"conv2d", "transpose"} <= set(becomes["Conv"])


def test_what_more_a_format_may_use_is_said_of_formats() -> None:
    assert BESIDES.keys() <= FRONTENDS.keys()


def test_an_unknown_format_is_told_the_nearest() -> None:
    with pytest.raises(AipuError, match="no format 'onx'") as caught:
        operators_of_format("onx")
    assert "onnx" in caught.value.remedy
