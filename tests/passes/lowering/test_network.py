"""The network of a program: what the machine's segments take and give, and in between.

The expected lines say what a person reads off the calls of `@main`.
"""

import pytest

from aipu.backend_aipu.network import Network, Segment, Tensor
from aipu.passes.authoring.context import AipuContext
from aipu.passes.lowering.network import network_of
from aipu.passes.running.reading import read_module

Q = "!quant.uniform<i8, 0.5:3>"
MAP, IMAGE = f"tensor<1x4x4x2x{Q}>", "tensor<1x2x4x4xf32>"
MOVED = "tensor<1x4x4x2xf32>"

HEAD = f"""
func.func @head(%x: {IMAGE}) -> {MAP} attributes {{place = "host"}} {{
  %0 = nn.transpose %x by [0, 2, 3, 1] : ({IMAGE}) -> {MOVED}
  %1 = nn.quantise %0 : ({MOVED}) -> {MAP}
  func.return %1 : {MAP}
}}
"""
TAIL = f"""
func.func @tail(%x: {MAP}) -> {IMAGE} attributes {{place = "host"}} {{
  %0 = nn.dequantise %x : ({MAP}) -> {MOVED}
  %1 = nn.transpose %0 by [0, 3, 1, 2] : ({MOVED}) -> {IMAGE}
  func.return %1 : {IMAGE}
}}
"""


def machine(name: str) -> str:
    return f"""
func.func @{name}(%x: {MAP}) -> {MAP} attributes {{place = "machine"}} {{
  %0 = nn.add %x, %x rescale [1, 1, 1] >> 1 : ({MAP}, {MAP}) -> {MAP} loc("{name}")
  func.return %0 : {MAP}
}}
"""


def host(name: str) -> str:
    return f"""
func.func @{name}(%x: {MAP}, %y: {IMAGE}) -> {MAP} attributes {{place = "host"}} {{
  %0 = nn.dequantise %x : ({MAP}) -> {MOVED}
  %1 = nn.quantise %0 : ({MOVED}) -> {MAP} loc("{name}/quantise")
  func.return %1 : {MAP}
}}
"""


def main(*lines: str) -> str:
    name, body = '{nn.name = "picture"}', "\n".join(lines)
    return f"""
func.func @main(%x: {IMAGE} {name}) -> ({IMAGE} {{nn.name = "heat"}}) {{
  {body}
  func.return %y : {IMAGE}
}}
"""


def call(result: str, function: str, given: str, types: str) -> str:
    return f"%{result} = func.call @{function}({given}) : {types}"


def read(*parts: str) -> Network:
    network = network_of(read_module("".join(parts), "net.mlir", AipuContext()))
    assert network is not None
    return network


def test_host_at_the_rims_is_the_callers() -> None:
    network = read(
        main(
            call("0", "head", "%x", f"({IMAGE}) -> {MAP}"),
            call("1", "sum", "%0", f"({MAP}) -> {MAP}"),
            call("y", "tail", "%1", f"({MAP}) -> {IMAGE}"),
        ),
        *(HEAD, machine("sum"), TAIL),
    )
    to_nhwc = (0, 2, 3, 1)
    picture = Tensor("picture", "int8", (1, 4, 4, 2), 0.5, 3, to_nhwc)
    heat = Tensor("heat", "int8", (1, 4, 4, 2), 0.5, 3, to_nhwc)
    segment = Segment("sum", ("picture",), ("heat",))
    assert network == Network(("picture",), ("heat",), (picture, heat), (segment,))


def test_host_in_between_is_a_step_and_takes_what_the_head_gives() -> None:
    network = read(
        main(
            call("0", "head", "%x", f"({IMAGE}) -> {MAP}"),
            call("1", "sum", "%0", f"({MAP}) -> {MAP}"),
            call("2", "norm", "%1, %x", f"({MAP}, {IMAGE}) -> {MAP}"),
            call("3", "last", "%2", f"({MAP}) -> {MAP}"),
            call("y", "tail", "%3", f"({MAP}) -> {IMAGE}"),
        ),
        *(HEAD, machine("sum"), host("norm"), machine("last"), TAIL),
    )
    assert [segment.name for segment in network.segments] == ["sum", "norm", "last"]
    assert network.inputs == ("picture", "picture.2")
    assert network.segments[1].inputs == ("sum", "picture.2")
    assert network.tensor("picture.2") == Tensor(
        "picture.2", "float32", (1, 2, 4, 4), layout=(0, 1, 2, 3)
    )
    assert network.segments[1].outputs == ("norm/quantise",)
    assert network.outputs == ("heat",)


def test_a_tensor_inside_can_be_an_output_too() -> None:
    network = read(
        main(
            call("0", "head", "%x", f"({IMAGE}) -> {MAP}"),
            call("1", "sum", "%0", f"({MAP}) -> {MAP}"),
            call("2", "norm", "%1, %x", f"({MAP}, {IMAGE}) -> {MAP}"),
            call("3", "last", "%2", f"({MAP}) -> {MAP}"),
            call("y", "tail", "%1", f"({MAP}) -> {IMAGE}"),
        ),
        *(HEAD, machine("sum"), host("norm"), machine("last"), TAIL),
    )
    assert network.outputs == ("heat",)
    assert network.segments[0].outputs == ("heat",)
    assert network.segments[-1].outputs == ("last",)


@pytest.mark.parametrize("text", ["", machine("alone")])
def test_without_a_main_nothing_says_what_the_network_is(text: str) -> None:
    module = read_module(f"builtin.module {{ {text} }}", "net.mlir", AipuContext())
    assert network_of(module) is None


def test_a_main_on_the_machine_is_one_segment() -> None:
    network = read(machine("main"))
    names = ("input 0",), ("output 0",)
    assert (network.inputs, network.outputs) == names
    assert network.segments == (Segment("main", *names),)
