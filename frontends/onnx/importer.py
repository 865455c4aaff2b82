"""ONNX models, opset 7 to the newest, as a float network in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from ...dialects.nn.shapes import Shape
from ...errors import AipuError
from ..model import ImportedModel
from .conversion import Conversion
from .graph import Source, cut_names, select
from .inlining import holds_graphs
from .input_shapes import declared_extents, fixed_tensors, settle
from .model_file import read_model
from .random_weights import RandomWeights
from .shape_inference import infer_shapes
from .tensor_roles import missing_inputs


def import_onnx(
    model: Path | onnx.ModelProto,
    *,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> ImportedModel:
    """The network of an ONNX model.

    Feature maps become NHWC: an operator with a layout stands between transposes.
    Reals of any width become `f32`. What depends on constants only is computed here.

    Args:
        model: a file, or a model in memory.
        shapes: the static shape of an input, by its name, where the model has none.
        inputs: tensors or nodes to cut the graph at; they become the inputs.
        outputs: tensors or nodes to cut the graph at; they become the outputs.
        batch: the leading extent of all inputs.
        random_weights: the seed of weights for a graph that has none.
        fixed: the values of inputs that are constants.

    Raises:
        UnsupportedError: operators or attributes that neither `nn` nor the host can
            say, all of them.
        AipuError: the model cannot be read or is not allowed by ONNX, a shape is
            not static, or an argument does not fit the model.
    """
    proto = read_model(model)
    folder = model.parent if isinstance(model, Path) else Path()
    constants = fixed_tensors(proto.graph, fixed, shapes)
    turns = _known_turns(proto, constants, shapes, batch, folder)
    source = Source.of(proto, constants, turns)
    cut = cut_names(source).cut(inputs, outputs, shapes)
    graph = select(source, cut.inputs, cut.outputs)
    missing = missing_inputs(graph) if random_weights is not None else {}
    graph = replace(
        graph, inputs=[name for name in graph.inputs if name not in missing]
    )
    inferred = _shapes_inside(source) if inputs else {}
    settled, changed_batch = settle(graph, cut.shapes, batch, inferred)
    random = None if random_weights is None else RandomWeights(random_weights, graph)
    conversion = Conversion(graph, settled, changed_batch, folder, random)
    conversion.values.update(missing)
    outputs_by_name = conversion.run(graph.nodes, graph.outputs)
    return conversion.network.finish(
        model.stem if isinstance(model, Path) else proto.graph.name,
        outputs_by_name,
        "random" if random is not None and random.drawn else "model",
        batch=changed_batch,
    )


def _known_turns(
    proto: onnx.ModelProto,
    constants: Mapping[str, onnx.TensorProto],
    shapes: Mapping[str, Sequence[int]],
    batch: int | None,
    folder: Path,
) -> dict[str, int]:
    """Which branches and loops run how often, as far as constants and shapes say it.

    They may hold further ones, so the graph is converted until none is left open that
    could be known. What is wrong otherwise is told when the network is converted.
    """
    turns: dict[str, int] = {}
    while True:
        try:
            source = Source.of(proto, constants, turns)
            if not holds_graphs(source.nodes):
                break
            graph = select(source)
            settled, changed_batch = settle(graph, shapes, batch, {})
            conversion = Conversion(graph, settled, changed_batch, folder, None)
            found = conversion.known_turns()
        except AipuError:
            break
        if not found:
            break
        turns |= found
    return turns


def _shapes_inside(source: Source) -> dict[str, Shape]:
    """The shapes of tensors where the graph may be cut, as far as onnx infers them."""
    proto = source.model
    given = {value.name: declared_extents(value.type) for value in proto.graph.input}
    return infer_shapes(
        source.nodes,
        {entry.domain: entry.version for entry in proto.opset_import},
        source.initialisers,
        {name: extents for name, extents in given.items() if extents is not None},
    )
