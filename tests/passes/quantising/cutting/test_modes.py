"""Who runs what in every mode of `place-operators`."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import ModuleOp

from aipu.backend_aipu.machine import load_machine
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.operators import operators
from aipu.passes.authoring.places import placed_on
from aipu.passes.quantising.cutting.by_cost import cutting_of
from aipu.passes.quantising.placement.fallbacks import on_device
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

SMALL, LARGE = "tensor<1x4x4x8xf32>", "tensor<1x64x64x64xf32>"
STRATEGY = "layerwise"
"""Every operator by itself, so that each adds its share to what a side takes."""
MODES = ["rules", "cost", "tengine", "all-host", "machine-only"]


def chain(kinds: Sequence[str], shape: str = SMALL, marks: str = "") -> str:
    """A network of operators one after another; those of lrn the machine has not."""
    says = {"lrn": "size 3 alpha 1.0 beta 0.75 bias 1.0"}
    lines = [
        f"%{n + 1} = nn.{kind} %{n} {says.get(kind, '')} {marks}"
        f' : ({shape}) -> {shape} loc("op{n}")'
        for n, kind in enumerate(kinds)
    ]
    body = "\n".join(lines)
    return (
        f"func.func @main(%0: {shape}) -> {shape} {{\n{body}\n"
        f"func.return %{len(kinds)} : {shape}\n}}"
    )


def placed(text: str, options: str) -> ModuleOp:
    context = AipuContext()
    module = read_module(text, "test.mlir", context)
    pipeline = f"place-operators{{{options} strategy={STRATEGY}}}"
    run_pipeline(build_pipeline(pipeline, PASSES), module, context)
    return module


def places(module: ModuleOp) -> str:
    """`mmh`: machine, machine, host."""
    block = main_function(module).body.block
    return "".join(placed_on(op)[0] for op in operators(block))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("rules", "hhhhhh"), ("cost", "hhhhhh"), ("tengine", "mhmmmm")],
)
def test_small_work_is_where_the_mode_says(mode: str, expected: str) -> None:
    text = chain(["tanh", "lrn", "abs", "tanh", "tanh", "tanh"])
    assert places(placed(text, f"mode={mode}")) == expected


@pytest.mark.parametrize("mode", MODES)
def test_pins_hold_in_every_mode(mode: str) -> None:
    pinned = chain(["tanh"] * 3, LARGE).replace(
        "nn.tanh %1 ", 'nn.tanh %1 {pin = "machine"}'
    )
    assert places(placed(pinned, f"mode={mode}"))[1] == "m"
    text = chain(["tanh"] * 3, LARGE)
    if mode != "machine-only":
        assert places(placed(text, f"mode={mode} host=op1"))[1] == "h"


def test_the_machine_alone_says_what_it_cannot_run() -> None:
    text = chain(["tanh", "lrn", "tanh", "lrn"])
    with pytest.raises(AipuError) as refused:
        placed(text, "mode=machine-only host=op2")
    assert "3 operators would fall back to the host" in refused.value.message
    assert "op1 (lrn): the machine has no nn.lrn" in refused.value.message
    assert "op2 (tanh): it is pinned to the host" in refused.value.message
    assert places(placed(chain(["tanh", "abs"]), "mode=machine-only")) == "mm"


def test_every_operator_says_why_and_what_it_costs() -> None:
    module = placed(chain(["tanh", "lrn", "tanh"], LARGE), "mode=cost")
    for op in operators(main_function(module).body.block):
        assert {"place", "reason", "cost"} <= op.attributes.keys()
    text = str(module)
    assert 'reason = "the machine has no nn.lrn"' in text
    assert re.search(r'reason = "cheaper by [\d.]+ ms on the machine"', text)
    assert re.search(r"host = \d+ : i64, machine = \d+ : i64, crossing = \d+", text)


def test_what_is_small_names_the_launch() -> None:
    text = str(placed(chain(["tanh"] * 2), "mode=cost"))
    assert re.search(
        r"cheaper by 0\.\d\d ms on the host: launch 0\.28 of 0\.\d\d ms", text
    )


def latency(module: ModuleOp) -> tuple[float, int]:
    """What a placed network takes, and how many segments it has."""
    block = main_function(module).body.block
    evaluator = cutting_of(block, load_machine("r329"), {}, STRATEGY).evaluator
    found = evaluator(
        tuple(placed_on(op) == "machine" for op in evaluator.network.operators)
    )
    return found.latency_ms, len(found.stays)


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["tanh", "lrn", "sigmoid"]), min_size=1, max_size=9))
def test_by_cost_is_never_worse_than_by_any_other(kinds: list[str]) -> None:
    shape = "tensor<1x32x32x64xf32>"
    text = chain(kinds, shape)
    by_cost, _ = latency(placed(text, "mode=cost min-gain=0"))
    for mode in ("rules", "tengine", "all-host"):
        assert by_cost <= latency(placed(text, f"mode={mode}"))[0] + 1e-9


def test_a_gain_too_small_leaves_the_placement_to_the_rules() -> None:
    text = chain(["tanh"] * 2)
    assert places(placed(text, "mode=cost")) == "hh"
    assert places(placed(text, "mode=cost min-gain=99")) == "mm"


def test_there_are_no_more_segments_than_demanded() -> None:
    text = chain(["tanh", "lrn"] * 4, LARGE)
    _, free = latency(placed(text, "mode=cost min-gain=0"))
    assert free > 3
    few, segments = latency(placed(text, "mode=cost max-segments=3"))
    assert segments <= 3
    assert few < latency(placed(text, "mode=all-host"))[0] + 1e-9
    with pytest.raises(AipuError, match="no cut of the network in 1 segments"):
        placed(text, "mode=cost max-segments=1 machine=op0")


def test_many_frames_keep_both_sides_busy() -> None:
    """One frame is fastest on the machine alone; of many the host takes a part."""
    text = chain(["abs"] * 8, LARGE)
    module = placed(text, "mode=cost frames=throughput min-gain=0")
    block = main_function(module).body.block
    evaluator = cutting_of(block, load_machine("r329"), {}, STRATEGY).evaluator
    sides = tuple(placed_on(op) == "machine" for op in evaluator.network.operators)
    best = evaluator(sides).interval_ms
    assert places(placed(text, "mode=cost")) == "m" * 8
    assert any(sides)
    assert not all(sides)
    for number in range(9):
        tried = (True,) * number + (False,) * (8 - number)
        assert best <= evaluator(tried).interval_ms + 1e-9


def test_without_a_host_nothing_can_be_weighed() -> None:
    with pytest.raises(AipuError, match="nothing is known of the host"):
        placed(chain(["tanh"]), "mode=cost target=gemmini-16x16")


def sliced(names: Sequence[str]) -> list[bool]:
    """Tengine's rule once more, from the back: which the device runs."""
    device = [True] * len(names)
    end = len(names)
    for start in reversed(range(len(names))):
        if names[start] == "lrn":
            device[start] = False
            if len(names[start + 1 : end]) < 3:
                device[start:end] = [False] * (end - start)
            end = start
    return device


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["tanh", "abs", "lrn"]), min_size=1, max_size=14))
def test_tengine_cuts_its_list(kinds: list[str]) -> None:
    module = read_module(chain(kinds), "test.mlir", AipuContext())
    block = main_function(module).body.block
    on_host = on_device(block, load_machine("r329"), {})
    assert [op not in on_host for op in operators(block)] == sliced(kinds)


def test_a_fully_connected_layer_is_enough_of_a_slice() -> None:
    text = """
    func.func @main(%0: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %w = nn.weight "w" : tensor<8x8xf32>
      %b = nn.weight "b" : tensor<8xf32>
      %1 = nn.lrn %0 size 3 alpha 1.0 beta 0.75 bias 1.0
           : (tensor<1x8xf32>) -> tensor<1x8xf32>
      %2 = nn.fully_connected %1, %w, %b
           : (tensor<1x8xf32>, tensor<8x8xf32>, tensor<8xf32>) -> tensor<1x8xf32>
      func.return %2 : tensor<1x8xf32>
    }"""
    assert places(placed(text, "mode=tengine")) == "hm"
