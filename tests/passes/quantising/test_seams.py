"""What the host only moves between two stays of the machine stays integers.

The reference is the same network all on the machine, which moves integers anyway.
"""

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp

from aipu.backend_aipu.machine import load_machine
from aipu.dialects import nn
from aipu.dialects.quant import quantisation
from aipu.dialects.semantics.evaluate import evaluate
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.places import runs_on_host
from aipu.passes.quantising.cutting.network import weighed_network
from aipu.passes.quantising.placement.crossings import crossings
from aipu.passes.quantising.placement.host_work import host_ms
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

IN = "tensor<1x2x3x4xf32>"
INPUT = np.linspace(-1.3, 1.9, 24, dtype=np.float32).reshape(1, 2, 3, 4)

MOVES = {
    "reshape": (f"nn.reshape %a {{}} : ({IN})", "1x4x3x2"),
    "transpose": (f"nn.transpose %a by [0, 3, 1, 2] {{}} : ({IN})", "1x4x2x3"),
    "slice": (
        "nn.slice %a from [0, 0, 1, 0] sizes [1, 2, 2, 2] strides [1, 1, 1, 2] {} : "
        f"({IN})",
        "1x2x2x2",
    ),
    "pad": (
        f"nn.pad %a low [0, 1, 0, 0] high [0, 0, 2, 0] value 0.7 {{}} : ({IN})",
        "1x3x5x4",
    ),
    "max_pool": (
        f"nn.max_pool2d %a kernel [2, 2] pad [1, 1, 0, 0] {{}} : ({IN})",
        "1x2x3x4",
    ),
    "concat": (f"nn.concat %a, %c axis 3 {{}} : ({IN}, {IN})", "1x2x3x8"),
}
"""What makes `%b`, with {} for its attributes, and the extents of that."""

MACHINE = 'place = "machine"'
HOST = 'place = "host", reason = "a test"'


def ranged(place: str, low: float, high: float) -> str:
    return f"{{{place}, range = array<f64: {low}, {high}>}}"


def read(*lines: str, results: str) -> tuple[ModuleOp, AipuContext]:
    """A network of one input, in reals; `results` as `%y : type`."""
    names, _, types = results.partition(" : ")
    text = "\n".join(
        [
            f"func.func @main(%x: {IN} {{nn.range = array<f64: -2.0, 2.0>}}) -> "
            f"({types}) {{",
            f"%a = nn.tanh %x {ranged(MACHINE, -1.0, 1.0)} : ({IN}) -> {IN}",
            f"%c = nn.sigmoid %x {ranged(MACHINE, 0.0, 1.0)} : ({IN}) -> {IN}",
            *lines,
            f"func.return {names} : {types}",
            "}",
        ]
    )
    context = AipuContext()
    return read_module(text, "test.mlir", context), context


def network(*lines: str, results: str) -> tuple[ModuleOp, AipuContext]:
    """The same in integers."""
    module, context = read(*lines, results=results)
    run_pipeline(build_pipeline("quantise-operators", PASSES), module, context)
    return module, context


def lines_of(move: str, place: str) -> list[str]:
    """A move of what a table of the machine makes, and another table."""
    text, extents = MOVES[move]
    made = f"tensor<{extents}xf32>"
    return [
        f"%b = {text.format(ranged(place, -1.1, 1.3))} -> {made}",
        f"%y = nn.square %b {ranged(MACHINE, 0.0, 1.0)} : ({made}) -> {made}",
    ]


def moved(move: str, place: str) -> tuple[ModuleOp, AipuContext]:
    made = f"tensor<{MOVES[move][1]}xf32>"
    return network(*lines_of(move, place), results=f"%y : {made}")


def results(made: tuple[ModuleOp, AipuContext]) -> list[np.ndarray]:
    module, context = made
    return evaluate(main_function(module), [INPUT], context.weights)


def on_host(module: ModuleOp) -> list[str]:
    """The operators of the host, but for those at the rims of the network."""
    found = [op.name for op in module.walk() if runs_on_host(op)]
    return found[1:-1]


@pytest.mark.parametrize("move", MOVES)
def test_the_host_moves_integers(move: str) -> None:
    """Reals between would be rounded twice, and pass with four bytes instead of one."""
    alone, cut = moved(move, MACHINE), moved(move, HOST)
    assert on_host(alone[0]) == []
    assert on_host(cut[0]) == [MOVES[move][0].split()[0]]
    np.testing.assert_array_equal(results(cut), results(alone))
    assert len(np.unique(results(cut))) > 4


@pytest.mark.parametrize("move", MOVES)
def test_nothing_is_converted_where_it_crosses(move: str) -> None:
    module, context = moved(move, HOST)
    run_pipeline(build_pipeline("outline-segments", PASSES), module, context)
    host = load_machine("r329").host
    assert host is not None
    there_and_back = crossings(module)[1:-1]
    assert {each.to for each in there_and_back} == {"host", "machine"}
    for each in there_and_back:
        assert each.conversions == []
        assert each.milliseconds(host) == host.crossing_ms


@pytest.mark.parametrize("move", MOVES)
def test_a_cut_knows_what_is_not_converted(move: str) -> None:
    """Before anything is quantised."""
    host = load_machine("r329").host
    assert host is not None
    made = f"%y : tensor<{MOVES[move][1]}xf32>"
    reals, _ = read(*lines_of(move, HOST), results=made)
    weighed = weighed_network(main_function(reals).body.block, host)
    sides = tuple(not runs_on_host(op) for op in weighed.operators)
    moves = weighed.moves(sides)
    module, context = moved(move, HOST)
    run_pipeline(build_pipeline("outline-segments", PASSES), module, context)
    taken = [each.milliseconds(host) for each in crossings(module)]
    assert sorted(weighed.passing(sides, moves).values()) == sorted(taken)
    (number,) = moves
    (op,) = (op for op in module.walk() if isinstance(op, nn.MakesNone))
    assert weighed.moved_ms[number] == host_ms(op, host)


def test_moves_follow_moves() -> None:
    made, turned = "tensor<1x4x2x3xf32>", "tensor<1x3x2x4xf32>"
    lines = [
        f"%b = nn.transpose %a by [0, 3, 1, 2] {ranged(HOST, -1.1, 1.3)} : ({IN}) -> "
        f"{made}",
        f"%d = nn.reshape %b {ranged(HOST, -1.2, 1.3)} : ({made}) -> {turned}",
        f"%y = nn.square %d {ranged(MACHINE, 0.0, 1.0)} : ({turned}) -> {turned}",
    ]
    cut = network(*lines, results=f"%y : {turned}")
    alone = network(
        *(line.replace(HOST, MACHINE) for line in lines), results=f"%y : {turned}"
    )
    assert on_host(cut[0]) == ["nn.transpose", "nn.reshape"]
    np.testing.assert_array_equal(results(cut), results(alone))


def test_a_reader_on_the_host_gets_reals_of_them() -> None:
    """What it gets is what it would if the reals were moved."""
    made = "tensor<1x4x2x3xf32>"
    move = f"%b = nn.transpose %a by [0, 3, 1, 2] {ranged(HOST, -1.1, 1.3)}"
    read = f"%s = nn.softmax %b axis 3 {ranged(HOST, 0.0, 1.0)} : ({made}) -> {made}"
    square = f"%y = nn.square %b {ranged(MACHINE, 0.0, 1.0)} : ({made}) -> {made}"
    both = network(
        f"{move} : ({IN}) -> {made}", read, square, results=f"%s, %y : {made}, {made}"
    )
    reals = network(f"{move} : ({IN}) -> {made}", read, results=f"%s : {made}")
    assert on_host(both[0]) == ["nn.transpose", "nn.dequantise", "nn.softmax"]
    assert on_host(reals[0]) == ["nn.dequantise", "nn.transpose"]
    np.testing.assert_array_equal(results(both)[0], results(reals)[0])


def test_what_does_not_come_back_is_moved_in_reals() -> None:
    """On the way out nothing is rounded again, and integers say no more."""
    module, _ = network(
        f"%b = nn.reshape %a {ranged(HOST, -1.0, 1.0)} : ({IN}) -> tensor<1x24xf32>",
        results="%b : tensor<1x24xf32>",
    )
    assert on_host(module) == ["nn.dequantise"]


def test_parts_that_others_read_keep_their_scales() -> None:
    """The host joins them in reals: what is finer elsewhere must not become coarse."""
    text, extents = MOVES["concat"]
    made = f"tensor<{extents}xf32>"
    module, _ = network(
        f"%b = {text.format(ranged(HOST, -9.0, 9.0))} -> {made}",
        f"%y = nn.square %b {ranged(MACHINE, 0.0, 1.0)} : ({made}) -> {made}",
        f"%z = nn.square %c {ranged(MACHINE, 0.0, 1.0)} : ({IN}) -> {IN}",
        results=f"%y, %z : {made}, {IN}",
    )
    (concat,) = (op for op in module.walk() if isinstance(op, nn.ConcatOp))
    assert quantisation(concat.ofm) is None


def test_halves_of_one_tensor_are_joined_as_they_are() -> None:
    """A shuffle of channels: all its parts have the scale of what they are parts of."""
    half = "tensor<1x2x3x2xf32>"

    def lines(place: str) -> list[str]:
        cut = "sizes [1, 2, 3, 2] strides [1, 1, 1, 1]"
        return [
            f"%l = nn.slice %a from [0, 0, 0, 0] {cut} {ranged(place, -0.5, 1.0)} : "
            f"({IN}) -> {half}",
            f"%r = nn.slice %a from [0, 0, 0, 2] {cut} {ranged(place, -1.0, 0.5)} : "
            f"({IN}) -> {half}",
            f"%b = nn.concat %r, %l axis 3 {ranged(place, -1.0, 1.0)} : "
            f"({half}, {half}) -> {IN}",
            f"%d = nn.add %b, %a {ranged(MACHINE, -2.0, 2.0)} : ({IN}, {IN}) -> {IN}",
        ]

    cut = network(*lines(HOST), results=f"%d : {IN}")
    alone = network(*lines(MACHINE), results=f"%d : {IN}")
    assert on_host(cut[0]) == ["nn.slice", "nn.slice", "nn.concat"]
    np.testing.assert_array_equal(results(cut), results(alone))
