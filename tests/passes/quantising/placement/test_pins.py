"""What patterns mean, and what is said of those that mean nothing or cannot be."""

import re

import pytest
from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Block

from aipu.dialects import nn
from aipu.dialects.locations import named
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.quantising.placement.pins import Pins, find_pins
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

T = "tensor<1x4xf32>"


def network() -> list[nn.Operator]:
    """conv1 with a transpose of its own, /conv2/, a[0] twice, and a node of ONNX."""
    ifm = Block(arg_types=[TensorType(f32, [2, 2])]).args[0]
    operators: list[nn.Operator] = [
        nn.TransposeOp(ifm, [1, 0]),
        nn.AbsOp(ifm),
        nn.TanhOp(ifm),
        nn.NegOp(ifm),
        nn.SquareOp(ifm),
        nn.OnnxNodeOp("NonZero", "", {"": 13}, [ifm], TensorType(f32, [2, 2])),
        nn.TransposeOp(ifm, [1, 0]),
    ]
    nodes = ["conv1", "conv1", "/conv2/", "a[0]", "a[0]", "odd", "turn"]
    for op, node in zip(operators, nodes, strict=True):
        op.location = named(node)
    return operators


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("conv1", ["abs"]),
        ("conv1/transpose", ["transpose"]),
        ("conv1*", ["transpose", "abs"]),
        ("*conv?*", ["transpose", "abs", "tanh"]),
        ("/conv2/", ["tanh"]),
        ("/conv[12]/", ["transpose", "abs", "tanh"]),
        ("/^conv1$/", ["abs"]),
        ("a[0]", ["neg", "square"]),
        ("a[0]/square", ["square"]),
        ("a[0]/neg", ["neg"]),
        ("conv1/abs", ["abs"]),
        ("a[[]0[]]/*", ["neg", "square"]),
        ("turn", ["transpose"]),
        ("type:transpose", ["transpose", "transpose"]),
        ("type:NonZero", ["onnx"]),
        ("type:TANH", ["tanh"]),
    ],
)
def test_what_a_pattern_means(pattern: str, meant: list[str]) -> None:
    found = find_pins(network(), Pins(host=[pattern]))
    assert {pin.side for pin in found.values()} == {"host"}
    assert sorted(op.name for op in found) == sorted(f"nn.{name}" for name in meant)


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("conv2", "did you mean '/conv2/'?"),
        ("conv3*", "did you mean 'conv1'?"),
        ("type:tanch", "did you mean 'type:tanh'?"),
        ("Tanh", "did you mean 'type:tanh'?"),
        ("/^zzz/", "known: "),
        ("", "known: "),
    ],
)
def test_a_pattern_that_means_nothing(pattern: str, remedy: str) -> None:
    with pytest.raises(AipuError) as refused:
        find_pins(network(), Pins(machine=[pattern]))
    assert refused.value.place == f"--machine '{pattern}'"
    assert "no operator is called so" in refused.value.message
    assert refused.value.remedy.startswith(remedy)


def test_no_regular_expression() -> None:
    with pytest.raises(AipuError, match="not a regular expression: missing"):
        find_pins(network(), Pins(host=["/(/"]))


def test_pins_may_not_contradict_each_other() -> None:
    with pytest.raises(AipuError) as refused:
        find_pins(network(), Pins(host=["conv*"], machine=["type:abs"]))
    assert str(refused.value) == (
        "conv1: --host 'conv*' and --machine 'type:abs' contradict each other\n"
        "  leave one of them out"
    )


def test_a_pin_of_one_operator_is_stronger_than_one_of_its_node() -> None:
    for pins in (
        Pins(host=["a[0]"], machine=["a[0]/square"]),
        Pins(host=["a[0]/neg"], machine=["a[0]"]),
    ):
        found = find_pins(network(), pins)
        sides = {op.name: pin.side for op, pin in found.items()}
        assert sides == {"nn.neg": "host", "nn.square": "machine"}
    with pytest.raises(AipuError, match="contradict each other"):
        find_pins(network(), Pins(host=["a*"], machine=["a[0]/square"]))


def test_two_patterns_for_one_side_may_mean_the_same() -> None:
    assert len(find_pins(network(), Pins(host=["conv1", "type:abs"]))) == 1


def test_a_pattern_is_quoted_in_a_pipeline() -> None:
    pins = Pins(host=["a b", "conv*"], machine=["1"])
    assert pins.options() == {"host": '"a b","conv*"', "machine": '"1"'}


def test_a_pipeline_cannot_hold_a_quote() -> None:
    with pytest.raises(AipuError, match="cannot hold a double quote"):
        Pins(host=['a"b']).options()


def placed(text: str, options: str) -> str:
    """The places of a function whose body is `text`."""
    context = AipuContext()
    module = read_module(text, "test.mlir", context)
    passes = build_pipeline(f"place-operators{{{options}}}", PASSES)
    run_pipeline(passes, module, context)
    return " ".join(re.findall(r'place = "(\w+)"', str(module)))


def function(attributes: str) -> str:
    return (
        f"func.func @main(%x: {T}) -> {T} {{\n"
        f'%0 = nn.tanh %x {attributes} : ({T}) -> {T} loc("t")\n'
        f'%1 = nn.div %0, %x : ({T}, {T}) -> {T} loc("quotient")\n'
        f"func.return %1 : {T}\n}}"
    )


def test_a_pattern_comes_before_a_place_in_the_text() -> None:
    assert placed(function('{place = "machine"}'), "") == "machine host"
    assert placed(function('{place = "machine"}'), "host=t") == "host host"


@pytest.mark.parametrize("options", ["machine=quotient", 'machine="*"'])
def test_the_machine_is_not_made_to_run_what_it_cannot(options: str) -> None:
    with pytest.raises(AipuError) as refused:
        placed(function(""), options)
    assert refused.value.place == "quotient"
    assert "r329 cannot run it: the machine has no nn.div" in refused.value.message


def test_a_text_may_not_pin_what_the_machine_cannot_run() -> None:
    text = function("").replace("nn.div %0, %x", 'nn.div %0, %x {pin = "machine"}')
    with pytest.raises(AipuError, match='pin = "machine", but r329 cannot run it'):
        placed(text, "")


def test_a_text_and_a_pattern_may_contradict_each_other() -> None:
    with pytest.raises(AipuError) as refused:
        placed(function('{pin = "machine"}'), "host=t")
    assert "pin = \"machine\" and --host 't' contradict" in refused.value.message


def test_a_pin_is_to_one_of_two_sides() -> None:
    with pytest.raises(AipuError, match='\'pin\' must be "machine" or "host"'):
        placed(function('{pin = "gpu"}'), "")


def test_a_number_is_a_name_in_quotes() -> None:
    text = function("").replace('loc("t")', 'loc("12")')
    assert placed(text, 'host="12"') == "host host"
    with pytest.raises(AipuError, match="for the option 'host', found 12"):
        placed(text, "host=12")


def test_what_a_pinned_operator_becomes_is_pinned() -> None:
    """A mean over the maps is a pool after `import`."""
    shape = "tensor<1x4x4x2xf32>"
    context = AipuContext()
    module = read_module(
        f"func.func @main(%x: {shape}) -> tensor<1x1x1x2xf32> {{\n"
        '%0 = nn.reduce_mean %x axes [1, 2] keep {pin = "host"} : '
        f"({shape}) -> tensor<1x1x1x2xf32>\n"
        "func.return %0 : tensor<1x1x1x2xf32>\n}",
        "test.mlir",
        context,
    )
    passes = build_pipeline("import,place-operators", PASSES)
    run_pipeline(passes, module, context)
    assert re.search(r"nn\.avg_pool2d .*place = \"host\"", str(module))


def composed(options: str) -> str:
    """The places of a convolution, and of a tree of a tanh and a quotient after it."""
    shape, weight, bias = "tensor<1x1x1x4xf32>", "tensor<4x1x1x4xf32>", "tensor<4xf32>"
    return placed(
        f"func.func @main(%x: {shape}) -> {shape} {{\n"
        f'%w = nn.weight "w" : {weight}\n%b = nn.weight "b" : {bias}\n'
        f"%0 = nn.conv2d %x, %w, %b : ({shape}, {weight}, {bias}) -> {shape}\n"
        f"%1 = nn.composite %0 {{\n^bb0(%e: {shape}):\n"
        f'%2 = nn.tanh %e : ({shape}) -> {shape} loc("t")\n'
        f'%3 = nn.div %2, %e : ({shape}, {shape}) -> {shape} loc("quotient")\n'
        f'nn.yield %3 : {shape}\n}} : ({shape}) -> {shape} loc("quotient")\n'
        f"func.return %1 : {shape}\n}}",
        options,
    )


@pytest.mark.parametrize(
    ("options", "places"),
    [
        ("", "machine machine"),
        ("machine=quotient", "machine machine"),
        ("machine=t,quotient", "machine machine"),
        ("host=quotient machine=t", "machine machine host"),
        ("host=quotient", "machine machine host"),
        ("host=t", "machine host host"),
        ('host="*"', "host host host"),
        ('host="type:composite"', "machine host host"),
        ("mode=cost host=quotient machine=t", "host machine host"),
    ],
)
def test_a_pin_to_the_host_is_of_one_part(options: str, places: str) -> None:
    assert composed(options) == places


def test_the_machine_runs_no_part_that_it_cannot_run_alone() -> None:
    with pytest.raises(AipuError) as refused:
        composed("host=t machine=quotient")
    assert refused.value.place == "quotient"
    assert "r329 cannot run it: the machine has no nn.div" in refused.value.message
