"""What onnx's own inference knows about the shapes of tensors, for those not converted.

The conversion itself needs none of it: an `nn` operator knows the shape of its result.
"""

from collections.abc import Iterable, Mapping, Sequence

import onnx
from google.protobuf.message import DecodeError, EncodeError
from onnx import TensorProto, helper, shape_inference

from ...dialects.nn.shapes import Shape
from ..input_shapes import Extents
from .input_shapes import static_extents

SMALL = 1024
"""Initialisers up to this size may be shapes; of larger ones only the type matters."""


INFERENCE_ERRORS = (
    DecodeError,
    EncodeError,
    RuntimeError,
    TypeError,
    ValueError,
    shape_inference.InferenceError,
)


def infer_shapes(
    nodes: Sequence[onnx.NodeProto],
    opset_imports: Mapping[str, int],
    initialisers: Mapping[str, TensorProto],
    inputs: Mapping[str, Extents],
) -> dict[str, Shape]:
    """Static shapes of the results of nodes, as far as onnx can tell.

    `inputs` are tensors of reals; an extent that is None is dynamic.
    """
    small = {
        name: tensor
        for name, tensor in initialisers.items()
        if len(tensor.raw_data) <= SMALL and not tensor.external_data
    }
    known = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in inputs.items()
    ]
    known += [
        helper.make_tensor_value_info(name, tensor.data_type, tensor.dims)
        for name, tensor in initialisers.items()
        if name not in small
    ]
    graph = helper.make_graph(nodes, "shapes", known, [], list(small.values()))
    # Inference gives up on a model that does not import the domain of every node.
    domains = {**{node.domain: 1 for node in nodes}, **opset_imports}
    opsets = [helper.make_opsetid(*entry) for entry in domains.items()]
    model = helper.make_model(graph, opset_imports=opsets)
    try:
        inferred = shape_inference.infer_shapes(model, data_prop=True)
    except INFERENCE_ERRORS:
        return {}
    shapes = {
        value.name: static_extents(value.type) for value in inferred.graph.value_info
    }
    return {name: shape for name, shape in shapes.items() if shape is not None}


def empty_shape(value: onnx.ValueInfoProto) -> Shape | None:
    """The shape of a result that surely has no elements; else None."""
    extents = value.type.tensor_type.shape.dim
    if not all(extent.HasField("dim_value") for extent in extents):
        return None
    shape = tuple(extent.dim_value for extent in extents)
    return shape if 0 in shape else None


def infer_results(
    node: onnx.NodeProto,
    inputs: Iterable[onnx.ValueInfoProto],
    constants: Iterable[TensorProto],
    opset_imports: Mapping[str, int],
    *,
    check_type: bool = False,
) -> Sequence[onnx.ValueInfoProto]:
    """The types of the results of one node, each under its name.

    Raises:
        INFERENCE_ERRORS: the node is not right; or, if `check_type`, not for inputs of
            these types.
    """
    results = [
        helper.make_empty_tensor_value_info(name) for name in node.output if name
    ]
    graph = helper.make_graph([node], "node", list(inputs), results, list(constants))
    opsets = [helper.make_opsetid(*entry) for entry in opset_imports.items()]
    model = helper.make_model(graph, opset_imports=opsets)
    # Elements need not be propagated: no other node follows that could read them.
    return shape_inference.infer_shapes(model, check_type=check_type).graph.output
