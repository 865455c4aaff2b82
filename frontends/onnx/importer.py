"""ONNX models, opset 7 to the newest, as a float network in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import onnx

from ...dialects.nn.shapes import Shape
from ..model import ImportedModel
from .conversion import Conversion
from .graph import cut_names, select
from .input_shapes import declared_extents, settle
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

    Raises:
        UnsupportedError: operators or attributes that neither `nn` nor the host can
            say, all of them.
        AipuError: the model cannot be read or is not allowed by ONNX, a shape is
            not static, or an argument does not fit the model.
    """
    proto = read_model(model)
    cut = cut_names(proto.graph).cut(inputs, outputs, shapes)
    graph = select(proto, cut.inputs, cut.outputs)
    missing = missing_inputs(graph) if random_weights is not None else {}
    graph = replace(
        graph, inputs=[name for name in graph.inputs if name not in missing]
    )
    inferred = _shapes_inside(proto) if inputs else {}
    settled, changed_batch = settle(graph, cut.shapes, batch, inferred)
    random = None if random_weights is None else RandomWeights(random_weights, graph)
    folder = model.parent if isinstance(model, Path) else Path()
    conversion = Conversion(graph, settled, changed_batch, folder, random)
    conversion.values.update(missing)
    outputs_by_name = conversion.run()
    return conversion.network.finish(
        model.stem if isinstance(model, Path) else proto.graph.name,
        outputs_by_name,
        "random" if random is not None and random.drawn else "model",
    )


def _shapes_inside(proto: onnx.ModelProto) -> dict[str, Shape]:
    """The shapes of tensors where the graph may be cut, as far as onnx infers them."""
    given = {value.name: declared_extents(value.type) for value in proto.graph.input}
    return infer_shapes(
        proto.graph.node,
        {entry.domain: entry.version for entry in proto.opset_import},
        {tensor.name: tensor for tensor in proto.graph.initializer},
        {name: extents for name, extents in given.items() if extents is not None},
    )
