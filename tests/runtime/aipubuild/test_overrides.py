"""A value for all nodes, with others for some."""

import pytest

from aipu.errors import AipuError
from aipu.runtime.aipubuild.overrides import parse_overrides


def test_a_value_alone_is_everybody_s() -> None:
    assert parse_overrides("extrema", "").of(1, "Convolution", "conv1") == "extrema"


def test_numbers_go_before_types_and_types_before_names() -> None:
    text = r"a & <{conv\d}:d> <[Convolution,Pooling]:c> <[(1,3),(7)]:b>"
    overrides = parse_overrides(text, "")
    assert overrides.of(2, "Convolution", "conv1") == "b"
    assert overrides.of(7, "Softmax", "out") == "b"
    assert overrides.of(4, "Pooling", "conv1") == "c"
    assert overrides.of(4, "Softmax", "conv1") == "d"
    assert overrides.of(4, "Softmax", "conv12") == "a"


@pytest.mark.parametrize(
    "text", ["", "a &", "a & <[Convolution]>", "a & <[(1,2]:b>", "a & <{(}:b>", "a b"]
)
def test_what_does_not_fit_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(AipuError) as caught:
        parse_overrides(text, "net.cfg:3")
    assert caught.value.place == "net.cfg:3"
