"""Nodes that `nn` has no word for: kept as they are, for the host.

So are those on anything but reals. The shapes and types of their results are what onnx
infers; a shape that depends on the values of tensors is refused.
"""

from base64 import b64encode
from collections.abc import Collection, Mapping

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper
from xdsl.dialects.builtin import IntegerType, TensorType, f32
from xdsl.ir import Attribute, SSAValue

from ...dialects import nn
from .constants import Constant
from .element_types import ELEMENTS, KINDS
from .graph import Graph
from .input_shapes import static_extents
from .node import Node
from .shape_inference import INFERENCE_ERRORS, infer_results

WITH_GRAPHS = {AttributeProto.GRAPH, AttributeProto.GRAPHS}
TRAINING = {"Dropout", "Gradient", "Momentum", "Adagrad", "Adam"}
"""Operators that do otherwise, or nothing sensible, when a network is only run."""


def elements(graph: Graph) -> dict[str, Attribute]:
    """What the elements of each input of a graph are."""
    kinds = {
        name: graph.declared[name].tensor_type.elem_type
        for name in graph.inputs
        if name in graph.declared
    }
    return {name: ELEMENTS.get(kind, f32) for name, kind in kinds.items()}


def host_node(node: Node, opset_imports: Mapping[str, int]) -> list[SSAValue]:
    """The results of a node as `nn.onnx` operators, one for each.

    Raises:
        UnsupportedError: onnx does not know it, it holds a graph, or its results have
            no static shape of elements that `nn` knows.
    """
    if node.proto.op_type in TRAINING:
        raise node.unsupported("it is for training")
    if any(attribute.type in WITH_GRAPHS for attribute in node.proto.attribute):
        raise node.unsupported("it holds a graph of its own")
    present = [value for value in node.inputs if value is not None]
    operands = [operand(node, value) for value in present]
    versions = {
        domain or "ai.onnx": version
        for domain, version in opset_imports.items()
        if domain in ("", node.proto.domain)
    }
    text = b64encode(node.proto.SerializeToString(deterministic=True)).decode()
    return [
        node.emit(nn.OnnxNodeOp(node.operator, text, versions, operands, type, number))
        for number, type in enumerate(result_types(node, opset_imports))
    ]


def operand(node: Node, value: SSAValue | Constant) -> SSAValue:
    """A value as the node reads it; integers stay integers."""
    if isinstance(value, SSAValue):
        return value
    kind = helper.np_dtype_to_tensor_dtype(value.array.dtype)
    if kind not in ELEMENTS:
        raise node.unsupported(f"elements of the type {value.array.dtype}")
    if ELEMENTS[kind] == f32:
        return node.kept(value)
    key = node.network.weights.add(value.name, value.array)
    return node.emit(nn.WeightOp(key, TensorType(ELEMENTS[kind], value.array.shape)))


def result_types(node: Node, opset_imports: Mapping[str, int]) -> list[TensorType]:
    """The types of the results that the node names."""
    given: dict[str, onnx.ValueInfoProto] = {}
    constants: dict[str, TensorProto] = {}
    for name, value in zip(node.proto.input, node.inputs, strict=True):
        if isinstance(value, SSAValue):
            kind = KINDS.get(nn.element_type(value))
            if kind is None:
                raise node.unsupported("it computes with integers of a scale")
            given[name] = helper.make_tensor_value_info(name, kind, nn.shape(value))
        elif value is not None:
            real = value.array.dtype.kind == "f"
            array = value.array.astype(np.float32) if real else value.array
            constants[name] = numpy_helper.from_array(array, name)
    try:
        inferred = infer_results(
            node.proto, given.values(), constants.values(), opset_imports
        )
    except INFERENCE_ERRORS as error:
        raise node.unsupported(f"onnx cannot tell its shape: {error}") from error
    return [result_type(node, value) for value in inferred]


def result_type(node: Node, value: onnx.ValueInfoProto) -> TensorType:
    """The type of a result as onnx infers it."""
    kind, extents = value.type.tensor_type.elem_type, static_extents(value.type)
    if kind == TensorProto.UNDEFINED:
        raise node.unsupported("the operator is not supported")
    if kind not in ELEMENTS:
        raise node.unsupported(
            f"elements of the type {TensorProto.DataType.Name(kind).lower()}"
        )
    if extents is None:
        raise node.unsupported(f"the shape of '{value.name}' depends on values")
    return TensorType(ELEMENTS[kind], extents)


def is_for_the_host(node: Node, known: Collection[str]) -> bool:
    """Whether a node is beyond `nn`: not of the `known` operators, or not on reals."""
    if node.operator not in known:
        return True
    if node.operator == "Cast" and ELEMENTS.get(node.integer("to")) != f32:
        return True
    computed = [value for value in node.inputs if isinstance(value, SSAValue)]
    return any(isinstance(nn.element_type(value), IntegerType) for value in computed)
