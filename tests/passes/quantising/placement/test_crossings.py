"""What passes between host and machine: once each, with what converts it."""

import numpy as np
from xdsl.dialects.builtin import ModuleOp

from aipu.backend_aipu.machine import load_machine
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.quantising.placement.crossings import Crossing, crossings, segments
from aipu.passes.quantising.placement.host_work import host_ms
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

Q = "tensor<1x4x!quant.uniform<i8, 1.0:0>>"
F = "tensor<1x4xf32>"
ON_HOST, ON_MACHINE = '{place = "host"}', '{place = "machine"}'
TABLE = '%t = nn.weight "t" : tensor<256xi8>'


def lookup(result: str, operand: str, place: str = ON_MACHINE) -> str:
    """An operator on integers, named as its result."""
    types = f"({Q}, tensor<256xi8>) -> {Q}"
    return f'%{result} = nn.lookup %{operand}, %t {place} : {types} loc("{result}")'


def quantise(result: str, operand: str) -> str:
    return (
        f'%{result} = nn.quantise %{operand} {ON_HOST} : ({F}) -> {Q} loc("{result}")'
    )


def dequantise(result: str, operand: str) -> str:
    return (
        f'%{result} = nn.dequantise %{operand} {ON_HOST} : ({Q}) -> {F} loc("{result}")'
    )


def outlined(inputs: str, results: str, *lines: str) -> ModuleOp:
    """A network in segments: `results` as `%y : type`."""
    names, _, types = results.partition(" : ")
    text = "\n".join(
        [
            f"func.func @main({inputs}) -> ({types}) {{",
            TABLE,
            *lines,
            f"func.return {names} : {types}",
            "}",
        ]
    )
    context = AipuContext()
    module = read_module(text, "test.mlir", context)
    run_pipeline(build_pipeline("outline-segments", PASSES), module, context)
    return module


def rows(module: ModuleOp) -> list[tuple[str, str, str | None, list[str]]]:
    return [
        (each.tensor, each.to, each.before, [op.name for op in each.conversions])
        for each in crossings(module)
    ]


def test_a_conversion_belongs_to_its_crossing() -> None:
    module = outlined(
        f"%x: {F}",
        f"%r : {F}",
        quantise("q", "x"),
        lookup("a", "q"),
        dequantise("r", "a"),
    )
    assert [f.sym_name.data for f in segments(module)] == [
        "segment_0",
        "segment_1",
        "segment_2",
    ]
    assert rows(module) == [
        ("q", "machine", "segment_1", ["nn.quantise"]),
        ("a", "host", "segment_2", ["nn.dequantise"]),
    ]


def test_inputs_come_from_the_host_and_outputs_go_there() -> None:
    """Integers of a model's own need no conversion."""
    module = outlined(f'%x: {Q} {{nn.name = "in"}}', f"%a : {Q}", lookup("a", "x"))
    assert rows(module) == [
        ("in", "machine", "segment_0", []),
        ("a", "host", None, []),
    ]


def test_a_tensor_crosses_once_however_many_read_it() -> None:
    """`a` is read by two segments of the host, and by the machine in between."""
    module = outlined(
        f"%x: {Q}",
        f"%d, %e : {Q}, {Q}",
        lookup("a", "x"),
        lookup("b", "a", ON_HOST),
        lookup("c", "b"),
        lookup("d", "c", ON_HOST),
        lookup("e", "a", ON_HOST),
    )
    assert [row[:3] for row in rows(module)] == [
        ("input 0", "machine", "segment_0"),
        ("a", "host", "segment_1"),
        ("b", "machine", "segment_2"),
        ("c", "host", "segment_3"),
    ]


def test_what_is_converted_within_the_host_crosses_nowhere() -> None:
    module = outlined(f"%x: {F}", f"%r : {F}", quantise("q", "x"), dequantise("r", "q"))
    assert rows(module) == []


def test_the_time_is_that_of_the_conversions_and_of_handing_over() -> None:
    host = load_machine("r329").host
    assert host is not None
    module = outlined(f"%x: {F}", f"%a : {Q}", quantise("q", "x"), lookup("a", "q"))
    there, back = crossings(module)
    assert isinstance(there, Crossing)
    assert there.bytes == back.bytes == 4
    assert back.milliseconds(host) == 0.1
    converting = host_ms(there.conversions[0], host)
    assert there.milliseconds(host) == 0.1 + converting > 0.157


def test_parts_of_an_input_pass_as_one() -> None:
    """As the steps of a recurrent network read it."""
    steps, weights = range(3), "tensor<6x10xf32>"
    text = "\n".join(
        [
            "func.func @main(%x: tensor<1x3x10xf32>) -> tensor<1x6xf32> {",
            f'%w = nn.weight "w" : {weights}',
            '%b = nn.weight "b" : tensor<6xf32>',
            "%t = nn.reshape %x : (tensor<1x3x10xf32>) -> tensor<3x1x10xf32>",
            *(
                f"%s{step} = nn.slice %t from [{step}, 0, 0] sizes [1, 1, 10] strides "
                "[1, 1, 1] : (tensor<3x1x10xf32>) -> tensor<1x1x10xf32>\n"
                f"%r{step} = nn.reshape %s{step} : (tensor<1x1x10xf32>) "
                "-> tensor<1x10xf32>\n"
                f"%f{step} = nn.fully_connected %r{step}, %w, %b : "
                f"(tensor<1x10xf32>, {weights}, tensor<6xf32>) -> tensor<1x6xf32>"
                for step in steps
            ),
            *(
                f"%a{step} = nn.add %f{step}, %f{step + 1} : "
                "(tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x6xf32>"
                for step in steps[:-1]
            ),
            "%y = nn.mul %a0, %a1 : "
            "(tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x6xf32>",
            "func.return %y : tensor<1x6xf32>",
            "}",
        ]
    )
    generator = np.random.default_rng(0)
    shapes = {"w": (6, 10), "b": (6,)}
    store = {k: generator.normal(0, 1, s).astype("f") for k, s in shapes.items()}
    context = AipuContext(WeightStore(store))
    module = read_module(text, "test.mlir", context)
    run_pipeline(build_pipeline("import,prepare,integers", PASSES), module, context)
    assert [(each.to, each.bytes) for each in crossings(module)] == [
        ("machine", 30),
        ("host", 6),
    ]
