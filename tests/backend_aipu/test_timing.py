"""The closed forms are the same for one tile and for arrays of tiles."""

from collections.abc import Mapping

import pytest

from aipu.backend_aipu.fields import ExtentField
from aipu.backend_aipu.isa import BY_MNEMONIC, complete
from aipu.backend_aipu.program import Entry, Instruction, Value
from aipu.backend_aipu.timing import CLOSED_FORMS
from aipu.dialects.aipu import Extent, index
from aipu.passes.scheduling.tiled.cost import tile_cycles
from aipu.passes.scheduling.tiled.nest import Share
from aipu.runtime.simulator.stream import unroll
from aipu.tests.machines import tiny_machine

WINDOW: Mapping[str, tuple[int, ...]] = {
    "kernel": (2, 3),
    "stride": (1, 2),
    "dilation": (1, 1),
}
TILE: Mapping[str, int] = {"rows": 3, "columns": 5, "channels": 7}
SIZES: Mapping[str, Mapping[str, int | str | tuple[int, ...]]] = {
    "mac.conv": {**TILE, **WINDOW, "depth": 4, "dataflow": "ws"},
    "mac.depthwise": {**TILE, **WINDOW},
    "vector.add": {"rows": 3, "columns": 2, "elements": 33},
    "vector.max_pool": {**TILE, **WINDOW},
    "vector.softmax": {"rows": 3, "channels": 7},
    "vector.permute": {"box": (1, 2, 3, 4)},
}
"""Sizes of an instruction of each timing class; whole ones."""


def fields(
    sizes: Mapping[str, int | str | tuple[int, ...]], mnemonic: str
) -> dict[str, Value]:
    """Tiles along a loop of three, of which the last is cut by one."""
    spec = BY_MNEMONIC[mnemonic]
    names = {field.name for field in spec.fields if isinstance(field, ExtentField)}
    made: dict[str, Value] = {}
    for name, value in sizes.items():
        if name in names:
            assert isinstance(value, int)
            made[name] = Extent(value, 3 * value - 1, index(0, (value,)))
        else:
            made[name] = value
    return made


@pytest.mark.parametrize("mnemonic", SIZES)
def test_cost_model_and_simulator_count_alike(mnemonic: str) -> None:
    """Whole tiles as the cost model has them; cut ones are whole ones of less."""
    sizes, machine = SIZES[mnemonic], tiny_machine()
    given = fields(sizes, mnemonic)
    body = [
        Instruction("launch", {"work": "work", "credits": ()}),
        Instruction("loop", {"counter": "i", "count": 3}),
        Instruction(mnemonic, complete(mnemonic, given)),
        Instruction("end"),
    ]
    (issue,) = unroll(Entry("main", (), (), tuple(body))).issues
    effort = issue.spec.effort(issue, machine)
    assert effort is not None
    less = {
        name: value - 1 if isinstance(given[name], Extent) else value
        for name, value in sizes.items()
        if isinstance(value, int)
    }
    whole, cut = (
        tile_cycles(mnemonic, {**sizes, **changed}, machine) for changed in ({}, less)
    )
    assert effort.cycles.total.tolist() == [whole, whole, cut]


def test_a_share_is_no_larger_than_its_dimension() -> None:
    machine = tiny_machine()
    assert tile_cycles("vector.add", {"elements": Share(99, 33)}, machine) == (
        tile_cycles("vector.add", {"elements": 33}, machine)
    )


def test_each_class_that_computes_has_a_form() -> None:
    assert {BY_MNEMONIC[mnemonic].timing for mnemonic in SIZES} == CLOSED_FORMS.keys()
