"""All operators of a package are in its graph, read what they read, lie in frames."""

from collections.abc import Iterator, Sequence

import pytest

from aipu import compile
from aipu.dialects import nn
from aipu.dialects.locations import source_name
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures
from aipu.runtime.report.graph.frames import frames
from aipu.runtime.report.graph.network import Node, nodes_of
from aipu.runtime.report.graph.shapes import Enclosure, Item, nodes_in
from aipu.tests.small_model import images, small_model

READS = {
    "first/transpose": ["image"],
    "first/quantise": ["first/transpose"],
    "first": ["first/quantise"],
    "depth": ["first"],
    "sum": ["depth", "first"],
    "normal": ["sum/dequantise"],
    "second": ["normal/quantise"],
    "flat": ["mean"],
    "classes": ["flat"],
    "scores": ["classes/dequantise"],
}
"""Of the small model, by hand; whoever converts is named after what it converts for."""


@pytest.fixture(scope="module", params=["layerwise", "packed", "dp"])
def package(request: pytest.FixtureRequest) -> Package:
    return compile(small_model(), strategy=request.param, calibration=images(8))


@pytest.fixture(scope="module")
def nodes(package: Package) -> list[Node]:
    return nodes_of(package.levels["tile"])


def test_every_operator_is_a_node(package: Package, nodes: Sequence[Node]) -> None:
    module = package.levels["tile"]
    names = [source_name(op) for op in module.walk() if isinstance(op, nn.Operator)]
    assert sorted(n.name for n in nodes if n.is_operator) == sorted(names)
    assert [node.number for node in nodes] == list(range(len(nodes)))
    ends = [(node.op, node.name) for node in nodes if not node.is_operator]
    assert ends == [("input", "image"), ("output", "scores")]


def test_operators_read_what_the_model_says(nodes: Sequence[Node]) -> None:
    by_name = {node.name: node for node in nodes if node.is_operator}
    for name, read in READS.items():
        assert [nodes[number].name for number in by_name[name].reads] == read
    assert [nodes[number].name for number in nodes[-1].reads] == ["scores"]


def test_places_and_reasons_are_those_of_the_operators(nodes: Sequence[Node]) -> None:
    by_name = {node.name: node for node in nodes if node.is_operator}
    assert by_name["normal"].place == "host"
    assert by_name["normal"].reason == "the machine has no nn.lrn"
    assert by_name["normal"].group is None
    assert by_name["first"].place == "machine"
    assert by_name["first"].shape == "1x16x16x8"
    assert by_name["first"].schedule


def test_frames_are_the_groups_and_launches(
    package: Package, nodes: Sequence[Node]
) -> None:
    layers = figures(package.report).layers
    items = frames(nodes, layers)
    assert sorted(nodes_in(items)) == [node.number for node in nodes]
    found = {
        frame.name: [nodes[number].name for number in nodes_in([frame])]
        for frame in all_frames(items)
    }
    expected: dict[str, list[str]] = {}
    for launch in dict.fromkeys(layer.launch for layer in layers):
        together = [layer for layer in layers if layer.launch == launch]
        names = {g.name: [o.name for o in g.operators] for g in together}
        around = [
            name for name, each in names.items() if {"mean", "classes"} <= {*each}
        ]
        if around:
            names[around[0]].append("flat")
        elif "mean" in names:
            names["flat"] = ["flat"]
        if len(names) > 1:
            expected[f"launch {launch}"] = [n for each in names.values() for n in each]
        expected |= {name: each for name, each in names.items() if len(each) > 1}
    assert {name: sorted(each) for name, each in found.items()} == {
        name: sorted(each) for name, each in expected.items()
    }


def all_frames(items: Sequence[Item]) -> Iterator[Enclosure]:
    for item in items:
        if isinstance(item, Enclosure):
            yield item
            yield from all_frames(item.items)
