"""What groups that differ in numbers ask for together is what each asks for alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from aipu.backend_aipu.machine import load_machine
from aipu.passes.machine_forms.stage import ChannelSpan, Kind, Map, Stage, Window
from aipu.passes.scheduling.striped.alike.forms import forms
from aipu.passes.scheduling.striped.alike.questions import Question
from aipu.passes.scheduling.striped.candidates import stripe_candidates
from aipu.passes.scheduling.striped.cost.estimate import all_asked_of, asked_of, one_of
from aipu.passes.scheduling.striped.graph import Graph, Operator
from aipu.passes.scheduling.striped.kept import kept
from aipu.tests.passes.scheduling.striped.graphs import summed

R329 = load_machine("r329")

SHAPES = ("conv", "depthwise", "pool", "strided", "residual", "dense", "half")


@dataclass
class Growing:
    """A graph while operators are added to it, of so many channels each."""

    maps: list[Map]
    operators: list[Operator]

    def add(self, shape: str, channels: int) -> None:
        """An operator on the last map, or a few."""
        last, ifm = len(self.maps) - 1, self.maps[-1]
        match shape:
            case "conv":
                self._window(Kind.CONVOLUTION, 1, 1, channels)
            case "depthwise":
                self._window(Kind.DEPTHWISE, 3, 1, ifm[3])
            case "pool":
                self._window(Kind.POOL, 3, 1, ifm[3])
            case "strided":
                self._window(Kind.CONVOLUTION, 3, 2, channels)
            case "residual":
                self._window(Kind.CONVOLUTION, 3, 1, ifm[3])
                self._put(summed(ifm), last, last + 1)
            case "dense":
                self._window(Kind.CONVOLUTION, 3, 1, channels)
                spans = (ChannelSpan(0, 0, ifm[3]), ChannelSpan(0, ifm[3], channels))
                self._move(ifm[3] + channels, spans, last, last + 1)
            case "half":
                half = ifm[3] // 2
                self._move(half, (ChannelSpan(ifm[3] - half, 0, half),), last)

    def _window(self, kind: Kind, size: int, stride: int, channels: int) -> None:
        ifm, pad = self.maps[-1], size // 2
        images, *sides, read = ifm
        rows, columns = ((side + 2 * pad - size) // stride + 1 for side in sides)
        mnemonics = {
            Kind.CONVOLUTION: "mac.conv",
            Kind.DEPTHWISE: "mac.depthwise",
            Kind.POOL: "vector.max_pool",
        }
        weights = {Kind.CONVOLUTION: read * channels, Kind.DEPTHWISE: channels}
        stage = Stage(
            "w",
            "nn.w",
            mnemonics[kind],
            kind,
            ifm,
            (images, rows, columns, channels),
            window=Window((size, size), (stride, stride), pad=(pad, pad, pad, pad)),
            weight_bytes=size * size * weights.get(kind, 0),
            parameter_bytes=8 * channels if kind in weights else 0,
        )
        self._put(stage, len(self.maps) - 1)

    def _move(self, channels: int, spans: tuple[ChannelSpan, ...], *reads: int) -> None:
        ifm = self.maps[reads[0]]
        ofm = (*ifm[:3], channels)
        stage = Stage("m", "nn.m", "", Kind.MOVE, ifm, ofm, parts=spans)
        self._put(stage, *reads)

    def _put(self, stage: Stage, *reads: int) -> None:
        self.operators.append(Operator(stage, reads))
        self.maps.append(stage.ofm)


def grown(shapes: Sequence[str], extent: Map, channels: Sequence[int]) -> Graph:
    """Operators one after another, on a map of some extents."""
    growing = Growing([extent], [])
    for shape, each in zip(shapes, channels, strict=True):
        growing.add(shape, each)
    return Graph((extent,), tuple(growing.operators))


@st.composite
def questions(draw: st.DrawFn) -> list[Question]:
    """Several graphs of the same operators in other sizes, and a few schedules."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    images = draw(st.sampled_from((1, 1, 2)))
    found: list[Question] = []
    for _ in range(draw(st.integers(2, 4))):
        rows, columns = draw(st.integers(6, 40)), draw(st.integers(6, 30))
        sizes = st.sampled_from((8, 20, 48, 96, 256))
        channels = [draw(sizes) for _ in shapes]
        graph = grown(shapes, (images, rows, columns, draw(sizes)), channels)
        schedules = [*dict.fromkeys(stripe_candidates(graph, R329))]
        some = draw(st.lists(st.sampled_from(schedules), max_size=4, unique_by=repr))
        ends = (0, graph.result)
        each = [(t, kept(graph.maps[t], graph.reading(t))) for t in ends]
        maps = [(tensor, one) for tensor, one in each if one]
        sets = [*chain.from_iterable(combinations(maps, n) for n in range(3))]
        found.append(Question(graph, some, draw(st.permutations(sets))))
    return found


@settings(max_examples=60)
@given(questions())
def test_groups_ask_for_the_same_together_and_alone(several):
    for question, asked in zip(several, all_asked_of(several, R329), strict=True):
        count = len(question.schedules) * len(question.stays)
        assert len({*zip(*map(list, asked[:2]), strict=True)}) == count
        for at, (number, place) in enumerate(zip(*asked[:2], strict=True)):
            alone = replace(question.graph, kept=question.stays[place])
            schedule = question.schedules[number]
            assert one_of(asked.spent, at) == asked_of(alone, schedule, R329)


@settings(max_examples=50)
@given(questions(), questions())
def test_groups_beside_those_of_other_operators_ask_for_the_same(some, others):
    together = all_asked_of([*some, *others], R329)
    apart = [*all_asked_of(some, R329), *all_asked_of(others, R329)]
    for one, other in zip(together, apart, strict=True):
        assert np.array_equal([*one[:2], *one.spent], [*other[:2], *other.spent])


@settings(max_examples=100)
@given(questions(), st.integers(1 << 8, 1 << 18))
def test_what_fits_is_all_for_which_there_is_room(several, size):
    sram = structs.replace(R329.sram, bytes=size)
    machine = structs.replace(R329, sram=sram)
    fitting = all_asked_of(several, machine, fitting=True)
    for fits, every in zip(fitting, all_asked_of(several, machine), strict=True):
        sums = every.spent.sums_bytes  # of several images it may be those of each
        room = (every.spent.sram_bytes <= size) & (sums == 0)
        found = {*zip(*map(list, fits[:2]), strict=True)}
        assert found >= {*zip(*(list(each[room]) for each in every[:2]), strict=True)}
        assert not len(fits.schedules) or fits.spent.sram_bytes.max() <= size


def test_groups_that_differ_in_numbers_have_the_same_forms():
    shapes = ["conv", "dense", "residual"]
    small = grown(shapes, (1, 14, 14, 64), [32, 16, 0])
    large = grown(shapes, (1, 28, 20, 96), [48, 32, 0])
    several = [
        Question(graph, [*dict.fromkeys(stripe_candidates(graph, R329))], [()])
        for graph in (small, large)
    ]
    assert len([*forms(several)]) < sum(len([*forms([each])]) for each in several)
