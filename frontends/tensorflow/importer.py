"""Frozen TensorFlow graphs as a float network in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ...dialects.quant import UniformType
from ...errors import AipuError, UnsupportedError
from ..input_shapes import Extents, settle_shapes
from ..model import ImportedModel
from ..preprocessing import Audio
from .audio_front_end import audio_inputs, features_shape
from .conversion import Conversion
from .dilations import dilate
from .fixing import with_fixed
from .graph import Graph, select
from .graph_def import NodeDef, Reference, read_graph, reference
from .integers import stored_input
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
    fixed: Mapping[str, np.ndarray] = {},
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
        fixed: the values of placeholders that are constants.

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
    nodes = with_fixed(read_graph(model), fixed)
    doors = audio_inputs(nodes)
    nodes = dilate(nodes, {reference(name).node for name in (*inputs, *outputs)})
    graph = select(nodes, inputs, outputs, doors)
    declared = _declared(nodes, graph, doors)
    given = {str(reference(name)): shape for name, shape in shapes.items()}
    settled, changed_batch = settle_shapes(declared, given, batch, EXAMPLE)
    conversion = Conversion(graph, settled, changed_batch, _stored(nodes, graph))
    outputs_by_name = conversion.run()
    found = conversion.network.finish(model.stem, outputs_by_name, batch=changed_batch)
    recordings = {str(name): doors[name] for name in graph.inputs if name in doors}
    return replace(found, preprocessing=recordings)


def _declared(
    nodes: Mapping[str, NodeDef], graph: Graph, recordings: Mapping[Reference, Audio]
) -> dict[str, Extents | None]:
    """What the graph says of the shapes of its inputs."""
    declared: dict[str, Extents | None] = {}
    for name in graph.inputs:
        node = nodes[name.node]
        kind = node.attributes.get("dtype")
        numbers = kind in REALS or stored_input(node) is not None
        if node.operator.startswith("Placeholder") and not numbers:
            found = kind.name.lower() if isinstance(kind, DataType) else "no type"
            raise UnsupportedError(
                f"expected a tensor of numbers, found {found}",
                place=f"input '{name}'",
                remedy=f"say what it is: --fix {name}=false"
                if kind is DataType.BOOL
                else "cut the graph behind it: --input NAME",
            )
        if name in recordings:
            declared[str(name)] = features_shape(recordings[name])
        elif node.operator.startswith("Placeholder"):
            shape = node.attributes.get("shape")
            declared[str(name)] = shape if isinstance(shape, tuple) else None
        else:
            declared[str(name)] = _inferred(nodes, name, recordings)
    return declared


def _stored(nodes: Mapping[str, NodeDef], graph: Graph) -> dict[str, UniformType]:
    """The inputs that take whole numbers."""
    placeholders = {
        str(name): stored_input(nodes[name.node])
        for name in graph.inputs
        if nodes[name.node].operator.startswith("Placeholder")
    }
    return {name: stored for name, stored in placeholders.items() if stored}


def _inferred(
    nodes: Mapping[str, NodeDef],
    name: Reference,
    recordings: Mapping[Reference, Audio],
) -> Shape | None:
    """The shape of a tensor in the graph, if all before it can be converted."""
    try:
        before = select(nodes, (), [str(name)], recordings)
        declared = _declared(nodes, before, recordings)
        shapes, batch = settle_shapes(declared, {}, 1, EXAMPLE)
        conversion = Conversion(before, shapes, batch)
        (found,) = conversion.run().values()
    except AipuError:
        return None
    return nn.shape(found)
