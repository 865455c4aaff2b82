"""A batch as one image: where no operator reads rows around those that it makes, images
are rows, and what can be done to rows can be done to them.
"""

from dataclasses import replace

from ...machine_forms.stage import WINDOWED, Map, Stage, View, Window
from .graph import Graph
from .kept import Kept
from .operator import Operator


def as_rows(graph: Graph) -> Graph:
    """A graph with its images one below the other, if it can be seen like that."""
    stages = [operator.stage for operator in graph.operators]
    if graph.images == 1 or not all(map(_reads_its_rows, stages)):
        return graph
    if any(kept.is_padded for _, kept in graph.kept):
        return graph
    if any(view.strides[0] != view.shape[1] * view.strides[1] for view in graph.views):
        return graph
    return replace(
        graph,
        inputs=tuple(map(_tall, graph.inputs)),
        operators=tuple(map(_on_rows, graph.operators)),
        views=tuple(map(_seen, graph.views)),
        kept=tuple((number, _as_one(kept)) for number, kept in graph.kept),
    )


def _reads_its_rows(stage: Stage) -> bool:
    return stage.kind not in WINDOWED or stage.window == Window()


def _tall(shape: Map) -> Map:
    images, rows, columns, channels = shape
    return (1, images * rows, columns, channels)


def _on_rows(operator: Operator) -> Operator:
    stage = operator.stage
    ifm, ofm = _tall(stage.ifm), _tall(stage.ofm)
    return replace(operator, stage=replace(stage, ifm=ifm, ofm=ofm))


def _seen(view: View) -> View:
    images, *_ = view.shape
    plane, row, pixel, element = view.strides
    strides = (images * plane, row, pixel, element)
    return View(_tall(view.shape), strides, view.offset)


def _as_one(kept: Kept) -> Kept:
    return Kept(_tall(kept.map))
