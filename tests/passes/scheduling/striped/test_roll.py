"""Loops are another way to write the same actions."""

from collections.abc import Iterator, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipu.dialects.aipu import Engine
from aipu.dialects.tile import StripedSchedule, Weights
from aipu.passes.scheduling.striped.buffers.windows import layout
from aipu.passes.scheduling.striped.program.actions import (
    Action,
    At,
    Repeats,
    actions_of,
)
from aipu.passes.scheduling.striped.program.body import Body
from aipu.passes.scheduling.striped.program.roll import (
    HardwareLoop,
    Node,
    moving_numbers,
    roll,
)
from aipu.passes.scheduling.striped.stripes import stripes
from aipu.tests.passes.scheduling.striped.graphs import graphs


def unrolled(
    nodes: Sequence[Node], counters: tuple[int, ...] = ()
) -> Iterator[tuple[str, list[int]]]:
    """Mnemonics and numbers of all instances, as the loops give them."""
    for node in nodes:
        if isinstance(node, HardwareLoop):
            for turn in range(node.count):
                yield from unrolled(node.body, (*counters, turn))
            continue
        numbers = [
            number.base
            + sum(s * c for s, c in zip(number.strides, counters, strict=True))
            for number in node.numbers
        ]
        yield node.action.mnemonic, numbers


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), st.integers(1, 6), st.booleans(), st.booleans(), st.data())
def test_loops_give_the_actions_back(graph, rows, ahead, streams, data):
    at_once = [n for n in (1, 2, 4) if not graph.images % n]
    weights = Weights(2, 3) if streams else Weights()
    kinds = [operator.stage.mnemonic for operator in graph.operators]
    schedule = StripedSchedule(
        rows,
        tuple(weights if kind == "mac.conv" else Weights() for kind in kinds),
        "ws",
        ahead,
        images=data.draw(st.sampled_from(at_once)),
    )
    made = stripes(graph, rows)
    places = layout(graph, made, schedule, 64)
    parts = Body(graph, schedule, made, places, [0] * len(graph.maps)).parts()
    expected = [(a.mnemonic, moving_numbers(a)) for a in actions_of(parts)]
    assert list(unrolled(roll(parts))) == expected


def action(byte: int) -> Action:
    return Action(Engine.MAC, "mac.conv", 0, {"ofm": At("x", 0, byte)})


def test_steps_that_change_end_a_loop():
    part = Repeats(tuple((action(byte),) for byte in (0, 4, 8, 9, 10)))
    loops = [node for node in roll((part,)) if isinstance(node, HardwareLoop)]
    assert [loop.count for loop in loops] == [3, 2]
    assert len(roll((part,))) == 2


def test_one_action_is_no_loop():
    assert not any(
        isinstance(node, HardwareLoop) for node in roll((Repeats(((action(1),),)),))
    )
