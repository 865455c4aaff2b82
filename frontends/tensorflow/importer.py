"""Frozen TensorFlow graphs as a float network in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ...errors import AipuError, UnsupportedError, nearest
from ..model import ImportedModel
from ..preprocessing import Audio
from ..static_shapes import Batch, Extents, static_shape
from .audio_front_end import audio_inputs, features_shape
from .conversion import Conversion
from .dilations import dilate
from .graph import Graph, select
from .graph_def import NodeDef, Reference, read_graph, reference
from .tensor_proto import REALS, DataType

EXAMPLE = (1, 224, 224, 3)


def import_tensorflow(
    model: Path,
    *,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
) -> ImportedModel:
    """The network of a frozen GraphDef.

    What depends on constants only is computed here, and loops are unrolled. Features
    of a recording (Mfcc) become an input, and the model remembers how to make them.

    Args:
        model: a `.pb` file.
        shapes: the static shape of an input, by its name, where the model has none.
        inputs: tensors to cut the graph at, `Mfcc` or `Mfcc:0`; they become the inputs.
        outputs: tensors to cut the graph at; they become the outputs.
        batch: the leading extent of all inputs.
        random_weights: a frozen graph has its weights.

    Raises:
        UnsupportedError: operators or attributes that `nn` cannot say, all of them.
        AipuError: the file cannot be read or is not allowed by TensorFlow, a shape is
            not static, or an argument does not fit the model.
    """
    if random_weights is not None:
        raise AipuError(
            "a frozen graph has its own weights",
            place=str(model),
            remedy="leave --random-weights out",
        )
    nodes = read_graph(model)
    doors = audio_inputs(nodes)
    nodes = dilate(nodes, {reference(name).node for name in (*inputs, *outputs)})
    graph = select(nodes, inputs, outputs, doors)
    declared = _declared(nodes, graph, doors)
    given = _given(graph, shapes)
    settled = {
        name: static_shape(str(name), declared[name], given.get(name), batch, EXAMPLE)
        for name in graph.inputs
    }
    conversion = Conversion(graph, settled, _batch(declared, settled))
    outputs_by_name = conversion.run()
    found = conversion.network.finish(model.stem, outputs_by_name)
    recordings = {str(name): doors[name] for name in graph.inputs if name in doors}
    return replace(found, preprocessing=recordings)


def _given(
    graph: Graph, shapes: Mapping[str, Sequence[int]]
) -> dict[Reference, Sequence[int]]:
    """The shapes that the user says, by input."""
    for name in shapes:
        if reference(name) not in graph.inputs:
            known = [str(each) for each in graph.inputs]
            raise AipuError(
                f"the model has no input '{name}'", remedy=nearest(name, known)
            )
    return {reference(name): shape for name, shape in shapes.items()}


def _declared(
    nodes: Mapping[str, NodeDef], graph: Graph, recordings: Mapping[Reference, Audio]
) -> dict[Reference, Extents | None]:
    """What the graph says of the shapes of its inputs."""
    declared: dict[Reference, Extents | None] = {}
    for name in graph.inputs:
        node = nodes[name.node]
        kind = node.attributes.get("dtype")
        if node.operator.startswith("Placeholder") and kind not in REALS:
            found = kind.name.lower() if isinstance(kind, DataType) else "no type"
            raise UnsupportedError(
                f"expected a tensor of reals, found {found}",
                place=f"input '{name}'",
                remedy="cut the graph behind it: --input NAME",
            )
        if name in recordings:
            declared[name] = features_shape(recordings[name])
        elif node.operator.startswith("Placeholder"):
            shape = node.attributes.get("shape")
            declared[name] = shape if isinstance(shape, tuple) else None
        else:
            declared[name] = _inferred(nodes, name, recordings)
    return declared


def _inferred(
    nodes: Mapping[str, NodeDef],
    name: Reference,
    recordings: Mapping[Reference, Audio],
) -> Shape | None:
    """The shape of a tensor in the graph, if all before it can be converted."""
    try:
        before = select(nodes, (), [str(name)], recordings)
        declared = _declared(nodes, before, recordings)
        shapes = {
            each: static_shape(str(each), extents, None, 1, EXAMPLE)
            for each, extents in declared.items()
        }
        conversion = Conversion(before, shapes, Batch(1, 1))
        (found,) = conversion.run().values()
    except AipuError:
        return None
    return nn.shape(found)


def _batch(
    declared: Mapping[Reference, Extents | None], settled: Mapping[Reference, Shape]
) -> Batch:
    """What became of the leading extent of the inputs, if the same of all."""
    changes: set[Batch] = set()
    for name, shape in settled.items():
        if shape:
            extents = declared[name]
            changes.add(Batch((extents[0] if extents else None) or 1, shape[0]))
    return changes.pop() if len(changes) == 1 else Batch(1, 1)
