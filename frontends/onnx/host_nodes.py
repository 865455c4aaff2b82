"""Nodes that `nn` has no word for: kept as they are, for the host.

So are those on anything but reals, and those in a form that it has no word for, which
keep the reason. The shapes and types of their results are what onnx
infers; a shape that depends on the values of tensors is refused.
"""

from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper
from xdsl.dialects.builtin import IntegerType, TensorType, f32
from xdsl.ir import Attribute, SSAValue

from ...dialects import nn
from ...dialects.semantics.onnx_node import EVALUATION_ERRORS, evaluator
from ...errors import UnsupportedError
from ..constant import Constant
from ..refusals import UNKNOWN
from .element_types import ELEMENTS, KINDS
from .graph import Graph
from .input_shapes import static_extents
from .node import Node
from .operators.resampling import scaled_extent
from .shape_inference import INFERENCE_ERRORS, SMALL, empty_shape, infer_results

WITH_GRAPHS = {AttributeProto.GRAPH, AttributeProto.GRAPHS}
TRAINING = {
    "Adagrad",
    "Adam",
    "BatchNormalization",
    "Dropout",
    "Gradient",
    "Momentum",
}
"""Operators that do otherwise, or nothing sensible, when a network is only run."""

INCOMPLETE = {"GRU", "LSTM", "RNN"}
"""Operators of which onnx's own implementation leaves inputs and attributes out: to it
all sequences are whole, and all activations those by default."""

SCALES, SIZES = 2, 3
"""Inputs of a Resize."""

NOTSET = (b"NOTSET",)
COORDINATES = (
    b"align_corners",
    b"asymmetric",
    b"half_pixel",
    b"half_pixel_symmetric",
    b"tf_crop_and_resize",
)

SOUND: Mapping[str, Mapping[str, Collection[object]]] = {
    "AveragePool": {"auto_pad": NOTSET, "ceil_mode": (0,)},
    "ConvTranspose": {"auto_pad": NOTSET, "group": (1,)},
    "LpPool": {"ceil_mode": (0,)},
    "MaxPool": {"auto_pad": NOTSET, "ceil_mode": (0,), "Indices": ()},
    "Resize": {"coordinate_transformation_mode": COORDINATES},
    "Upsample": {"scales": ()},
}
"""The only values of some attributes with which onnx's own implementation computes what
the specification says; none for a result that it gets wrong. Found by comparing it with
onnxruntime, which differs only in what a resize by a scale does with a rest: there the
cases of onnx's own suite decide.

Its pools forget dilations when they pad by themselves and put half of what `ceil_mode`
adds first, its transposed convolutions see one group, its indices of maxima are wrong
at a stride of 1, its `pytorch_half_pixel` leaves a tensor that becomes one pixel.
"""


def elements(graph: Graph) -> dict[str, Attribute]:
    """What the elements of each input of a graph are."""
    kinds = {
        name: graph.declared[name].tensor_type.elem_type
        for name in graph.inputs
        if name in graph.declared
    }
    return {name: ELEMENTS.get(kind, f32) for name, kind in kinds.items()}


def host_node(
    node: Node, opset_imports: Mapping[str, int], because: str | None = None
) -> list[SSAValue]:
    """The results of a node as `nn.onnx` operators, one for each.

    `because` is what `nn` cannot say of it, if it has a word for other such nodes.

    Raises:
        UnsupportedError: onnx cannot compute it, or its results have no static shape
            of elements that `nn` knows, or one that is too large.
    """
    if reason := why_not(node, opset_imports):
        raise node.unsupported(reason)
    if node.operator == "Resize":
        node = with_exact_scales(node)
    present = [value for value in node.inputs if value is not None]
    operands = [operand(node, value) for value in present]
    versions = {
        domain or "ai.onnx": version
        for domain, version in opset_imports.items()
        if domain in ("", node.proto.domain)
    }
    # A converter may have been given reals that stand for integers: onnx needs these.
    types = result_types(node, opset_imports, check_type=because is not None)
    text = b64encode(node.proto.SerializeToString(deterministic=True)).decode()
    return [
        node.emit(
            nn.OnnxNodeOp(
                node.operator, text, versions, operands, type, number, because
            )
        )
        for number, type in enumerate(types)
    ]


def why_not(node: Node, opset_imports: Mapping[str, int]) -> str | None:
    """Why onnx's own implementation cannot compute a node; None if it can."""
    kind, domain = node.proto.op_type, node.proto.domain
    if kind in TRAINING:
        return "it is for training"
    if kind in INCOMPLETE:
        return "onnx itself computes only some forms of it"
    if any(attribute.type in WITH_GRAPHS for attribute in node.proto.attribute):
        return "it holds a graph of its own"
    try:
        schema = onnx.defs.get_schema(kind, opset_imports.get(domain, 1), domain)
        evaluator(node.proto, opset_imports)
    except (onnx.defs.SchemaError, *EVALUATION_ERRORS):
        return UNKNOWN
    given: dict[str, object] = {
        attribute.name: helper.get_attribute_value(attribute)
        for attribute in node.proto.attribute
    }
    if unknown := [name for name in given if name not in schema.attributes]:
        return f"its attributes {unknown}"
    results = zip(schema.outputs, node.proto.output, strict=False)
    given |= {result.name: name for result, name in results if name}
    for name, values in SOUND.get(kind, {}).items():
        if name in given and given[name] not in values:
            return f"onnx itself gets it wrong with this '{name}'"
    return None


def with_exact_scales(node: Node) -> Node:
    """A resize whose scales give its extents in exact arithmetic, too.

    Onnx's own implementation multiplies in float64, where float32's 0.7 times 10 are
    less than 7.
    """
    if not node.has(SCALES) or node.has(SIZES):
        return node
    found, extents = node.constant(SCALES), nn.shape(node.tensor(0))
    axes = node.integers("axes") or range(len(extents))
    array = found.array.astype(np.float32)
    if array.shape != (len(axes),) or not np.isfinite(array).all():
        return node
    for at, axis in enumerate(axes):
        while int(extents[axis] * float(array[at])) < scaled_extent(
            extents[axis], array[at]
        ):
            array[at] = np.nextafter(array[at], np.float32(np.inf))
    exact = replace(found, array=array)
    inputs = [exact if value is found else value for value in node.inputs]
    return node.on(inputs)


def operand(node: Node, value: SSAValue | Constant) -> SSAValue:
    """A value as the node reads it; integers stay integers."""
    if isinstance(value, SSAValue):
        return value
    kind = helper.np_dtype_to_tensor_dtype(value.array.dtype)
    if kind not in ELEMENTS:
        raise node.unsupported(f"elements of the type {value.array.dtype}")
    if ELEMENTS[kind] == f32:
        return node.operand(value)
    key = node.network.weights.add(value.name, value.array)
    return node.emit(nn.WeightOp(key, TensorType(ELEMENTS[kind], value.array.shape)))


def empty_results(
    node: Node, opset_imports: Mapping[str, int]
) -> list[Constant] | None:
    """The results of a node whose results have no elements, all of them; else None.

    Without elements there is nothing to compute: they are known.
    """
    try:
        inferred = inferred_results(node, opset_imports, check_type=False)
    except UnsupportedError:
        return None
    found = [
        Constant(value.name, np.empty(shape, kind_of(value)))
        for value in inferred
        if (shape := empty_shape(value)) is not None
    ]
    return found if found and len(found) == len(inferred) else None


def kind_of(value: onnx.ValueInfoProto) -> np.dtype:
    """How numpy holds the elements of a result."""
    return helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)


def result_types(
    node: Node, opset_imports: Mapping[str, int], *, check_type: bool
) -> list[TensorType]:
    """The types of the results that the node names."""
    inferred = inferred_results(node, opset_imports, check_type=check_type)
    return [result_type(node, value) for value in inferred]


def inferred_results(
    node: Node, opset_imports: Mapping[str, int], *, check_type: bool
) -> Sequence[onnx.ValueInfoProto]:
    """What onnx infers of the results that the node names."""
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
            if array.size <= SMALL:
                constants[name] = numpy_helper.from_array(array, name)
                continue
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            given[name] = helper.make_tensor_value_info(name, kind, array.shape)
    try:
        return infer_results(
            node.proto,
            given.values(),
            constants.values(),
            opset_imports,
            check_type=check_type,
        )
    except INFERENCE_ERRORS as error:
        raise node.unsupported(f"onnx cannot tell its shape: {error}") from error


def result_type(node: Node, value: onnx.ValueInfoProto) -> TensorType:
    """The type of a result as onnx infers it."""
    kind, extents = value.type.tensor_type.elem_type, static_extents(value.type)
    if kind == TensorProto.UNDEFINED:
        raise node.unsupported(UNKNOWN)
    if kind not in ELEMENTS:
        raise node.unsupported(
            f"elements of the type {TensorProto.DataType.Name(kind).lower()}"
        )
    if extents is None:
        raise node.unsupported(f"the shape of '{value.name}' depends on values")
    node.check_size(extents)
    return TensorType(ELEMENTS[kind], extents)


def is_for_the_host(node: Node, known: Collection[str]) -> bool:
    """Whether a node is beyond `nn`: not of the `known` operators, or not on reals."""
    if node.operator not in known:
        return True
    if node.operator == "Cast" and ELEMENTS.get(node.integer("to")) != f32:
        return True
    computed = [value for value in node.inputs if isinstance(value, SSAValue)]
    return any(isinstance(nn.element_type(value), IntegerType) for value in computed)
