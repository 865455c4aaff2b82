"""Tiles that are weighed all at once, held to each of them by itself."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.machine import Machine, load_machine
from aipu.dialects.tile import GroupSchedule
from aipu.errors import AipuError
from aipu.passes.machine_forms.stage import (
    WINDOWED,
    Copy,
    Kind,
    Map,
    Stage,
    View,
    Window,
)
from aipu.passes.scheduling.strategies.goal import RANKS, Goal, Rank
from aipu.passes.scheduling.strategies.layerwise import cheapest
from aipu.passes.scheduling.tiled.cost import Cost, cost, costs
from aipu.passes.scheduling.tiled.fit import fits
from aipu.passes.scheduling.tiled.group import Group
from aipu.passes.scheduling.tiled.plan import plan, plan_all
from aipu.passes.scheduling.tiled.tiles import candidates, tilings
from aipu.tests.machines import tiny_machine

RECORD = 8
MACHINES = (tiny_machine(), load_machine("r329"))
SIZES = st.integers(1, 24)
FEW = st.integers(1, 3)
PADS = st.integers(0, 2)


def stage(kind: Kind, mnemonic: str, ifm: Map, ofm: Map) -> Stage:
    """A stage that needs nothing else."""
    return Stage("stage", f"nn.{kind}", mnemonic, kind, ifm, ofm)


@st.composite
def maps(draw: st.DrawFn) -> Map:
    return draw(st.tuples(st.integers(1, 2), SIZES, SIZES, SIZES))


@st.composite
def windowed(draw: st.DrawFn, kind: Kind, mnemonic: str) -> Stage:
    """Windows that overlap or leave gaps, with padding all around."""
    pairs = st.tuples(FEW, FEW)
    kernel, stride, dilation = draw(pairs), draw(pairs), draw(pairs)
    pad = draw(st.tuples(PADS, PADS, PADS, PADS))
    window, ofm = Window(kernel, stride, dilation, pad), draw(maps())
    height = window.reach(0, ofm[1]) - pad[0] - pad[2]
    width = window.reach(1, ofm[2]) - pad[1] - pad[3]
    ifm = (ofm[0], max(1, height), max(1, width), ofm[3])
    return replace(stage(kind, mnemonic, ifm, ofm), window=window)


@st.composite
def convolutions(draw: st.DrawFn) -> Stage:
    """In groups, or of a weight that is computed, or of neither."""
    found = draw(windowed(Kind.CONVOLUTION, "mac.conv"))
    groups, depth = draw(FEW), draw(st.integers(1, 60))
    ofm = (*found.ofm[:3], found.ofm[3] * groups)
    return replace(
        found,
        ifm=(*found.ifm[:3], depth * groups),
        ofm=ofm,
        groups=groups,
        computed_weight=groups == 1 and draw(st.booleans()),
        weight_bytes=found.window.size * depth * ofm[3],
        parameter_bytes=RECORD * ofm[3],
    )


@st.composite
def depthwise(draw: st.DrawFn) -> Stage:
    found = draw(windowed(Kind.DEPTHWISE, "mac.depthwise"))
    channels = found.ofm[3]
    return replace(
        found,
        weight_bytes=found.window.size * channels,
        parameter_bytes=RECORD * channels,
    )


@st.composite
def pools(draw: st.DrawFn) -> Stage:
    """The maximum, or an average that knows how many values are inside."""
    found = draw(windowed(Kind.POOL, "vector.max_pool"))
    if draw(st.booleans()):
        return found
    return replace(found, mnemonic="vector.avg_pool", parameter_bytes=4 * RECORD)


@st.composite
def elementwise(draw: st.DrawFn) -> Stage:
    """A table, a sum whose second operand is repeated along some axes, or a softmax."""
    ofm = draw(maps())
    match draw(st.sampled_from(["lookup", "add", "softmax"])):
        case "lookup":
            found = stage(Kind.ELEMENTWISE, "vector.lookup", ofm, ofm)
            return replace(found, parameter_bytes=256)
        case "softmax":
            found = stage(Kind.ELEMENTWISE, "vector.softmax", ofm, ofm)
            return replace(found, parameter_bytes=512, by_row=True)
    dense = View.dense(ofm)
    kept = draw(st.tuples(*[st.integers(0, 1)] * 4))
    first, second, third, fourth = (
        s * k for s, k in zip(dense.strides, kept, strict=True)
    )
    repeated = View(ofm, (first, second, third, fourth))
    found = stage(Kind.ELEMENTWISE, "vector.add", ofm, ofm)
    return replace(found, operands=("lhs", "rhs"), views=(dense, repeated))


@st.composite
def moves(draw: st.DrawFn) -> Stage:
    """Copies that are padded, or take a part."""
    copies: list[Copy] = []
    for number in range(draw(FEW)):
        source, target = draw(maps()), draw(maps())
        origin = draw(st.tuples(*[st.integers(-4, 4)] * 4))
        copies.append(Copy(number, View.dense(source), origin, View.dense(target)))
    flat = (1, max(prod(copy.target.shape) for copy in copies), 1, 1)
    return replace(stage(Kind.MOVE, "", flat, flat), copies=tuple(copies))


@st.composite
def permutations(draw: st.DrawFn) -> Stage:
    box = draw(st.tuples(SIZES, SIZES, SIZES))
    first, second, third = draw(st.permutations(range(3)))
    operand = (box[first], box[second], box[third])
    lies = {first: operand[1] * operand[2], second: operand[2], third: 1}
    flat = (1, draw(SIZES), 1, prod(box))
    found = stage(Kind.PERMUTE, "vector.permute", flat, flat)
    return replace(found, box=box, steps=(lies[0], lies[1], lies[2]))


STAGES = st.one_of(
    convolutions(), depthwise(), pools(), elementwise(), moves(), permutations()
)
"""Of each kind."""

Costed = tuple[GroupSchedule, Cost[int]]


def one_by_one(group: Group, machine: Machine, *ways: bool | int) -> Iterator[Costed]:
    """Every candidate with its cost."""
    slots, split, cut = ways
    for schedule in candidates(group, machine, slots, split=bool(split), cut=bool(cut)):
        yield schedule, cost(plan(group, schedule), machine)


def at_once(group: Group, machine: Machine, *ways: bool | int) -> Iterator[Costed]:
    """The same, of those together of which nests differ in numbers only."""
    slots, split, cut = ways
    stage = group.stage
    for some in tilings(stage, machine, slots, split=bool(split), cut=bool(cut)):
        for schedules, nests in plan_all(stage, some):
            found = costs(nests, machine, np.zeros(len(schedules), np.int64))
            numbers = np.array([*vars(found).values()]).T.tolist()
            for place, each in enumerate(numbers):
                yield schedules[place], Cost(*each)


@settings(max_examples=60)
@given(STAGES, st.sampled_from(MACHINES))
def test_many_tiles_cost_what_each_of_them_costs(stage: Stage, machine: Machine):
    group = Group("group", stage)
    for ways in product((1, 2), (False, True), (False, True)):
        expected = dict(one_by_one(group, machine, *ways))
        assert dict(at_once(group, machine, *ways)) == expected


def tried(group: Group, machine: Machine, goal: Goal) -> GroupSchedule | None:
    """What is decided by trying one tile after another; None if nothing fits."""
    ofm_channels = group.stage.ofm[3]
    least = min(machine.dram.burst, ofm_channels) if group.stage.kind in WINDOWED else 0
    for slots, split in product((2, 1), (False, True)):
        fitting: list[tuple[Rank, GroupSchedule]] = []
        for cut in (False, True):
            if not fitting or min(fitting)[1].channels < least:
                fitting += [
                    (goal.rank(spent, machine), schedule)
                    for schedule, spent in one_by_one(group, machine, slots, split, cut)
                    if fits(spent, machine)
                ]
        if fitting:
            return min(fitting)[1]
    return None


@settings(max_examples=60)
@given(STAGES, st.sampled_from(sorted(RANKS)), st.integers(8, 14))
def test_the_cheapest_is_that_of_one_after_another(stage: Stage, goal: str, bits: int):
    group, machine = Group("group", stage), tiny_machine(sram={"bytes": 1 << bits})
    expected = tried(group, machine, Goal(goal))
    if expected is None:
        with pytest.raises(AipuError, match="not even its smallest tile fits"):
            cheapest(group, machine, Goal(goal))
    else:
        assert cheapest(group, machine, Goal(goal)) == expected
