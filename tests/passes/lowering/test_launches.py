"""Launches hold `control.program` bytes; what is joined saves what a launch costs."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import aipu
from aipu.backend_aipu.binary.tables import encode
from aipu.backend_aipu.isa import LAUNCHES
from aipu.backend_aipu.launch_size import launch_sizes
from aipu.backend_aipu.program import Entry, Instruction, Program
from aipu.errors import AipuError
from aipu.passes.lowering.launches import Work, launched
from aipu.passes.lowering.token_table import TokenTable
from aipu.tests.small_model import save, small_model


def syncs(count: int) -> list[Instruction]:
    return [Instruction("sync", {"engine": "mac"}, source="a")] * count


@st.composite
def works(draw: st.DrawFn) -> list[Work]:
    nests = st.lists(st.integers(1, 5).map(syncs), min_size=1, max_size=4)
    joined = draw(st.lists(st.booleans(), max_size=6))
    return [
        Work(str(number), "a", (), each, draw(nests))
        for number, each in enumerate(joined)
    ]


@given(works(), st.integers(150, 400))
def test_launches_hold_what_they_can_and_keep_the_order(works, limit):
    entry = Entry("main", (), (), tuple(launched(works, limit, TokenTable())))
    kept = [i for i in entry.instructions if i.mnemonic == "sync"]
    assert kept == [*chain(*(nest for work in works for nest in work.nests))]
    begun = [i.fields["work"] for i in entry.instructions if "work" in i.fields]
    assert begun == [work.name for work in works]
    sizes = list(launch_sizes(entry))
    assert len(sizes) == sum(i.mnemonic in LAUNCHES for i in entry.instructions)
    assert all(size <= limit for _, size in sizes)


def test_work_that_no_launch_holds_is_refused():
    work = Work("big", "a", (), False, [syncs(2), syncs(100)])
    with pytest.raises(
        AipuError, match=r"big: a launch holds 200 bytes .* has 1,\d\d\d"
    ):
        list(launched([work], 200, TokenTable()))


def test_launches_are_not_larger_than_they_count(package):
    """What they call by its number has smaller ones here, in a byte less each."""
    program = package.simulator.program
    for entry in program.entries:
        alone = Program(program.target, program.tokens, program.buffers, (entry,))
        sections = encode(alone)
        (found,) = (size for _, size in launch_sizes(entry))
        size = len(sections[".text"]) + len(sections[".descriptors"])
        calls = 4 * len(entry.instructions)
        assert size <= found <= size + 2 * calls


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    path = save(small_model(), tmp_path_factory.mktemp("packed") / "small.onnx")
    return {name: aipu.compile(path, strategy=name) for name in ("layerwise", "packed")}


@pytest.fixture(scope="module")
def package(packages):
    return packages["packed"]


def test_packed_is_layerwise_less_the_launches(packages):
    layerwise, packed = (packages[name] for name in ("layerwise", "packed"))
    groups = len(layerwise.profile.layers)
    entries = len(layerwise.profile.entries)
    saved = (groups - entries) * layerwise.machine.launch_cycles
    assert layerwise.profile.cycles - packed.profile.cycles == saved > 0


def test_packed_computes_the_same(packages):
    layerwise, packed = (packages[name] for name in ("layerwise", "packed"))
    ours, theirs = (each.run(layerwise.noise()).outputs for each in (packed, layerwise))
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name])
    assert all(row.equal for row in packed.verify())
