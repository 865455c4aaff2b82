"""The shapes that an ONNX file declares for the inputs of its graph."""

from collections.abc import Mapping, Sequence

import onnx
from onnx import helper, numpy_helper

from ...dialects.nn.shapes import Shape
from ...errors import UnsupportedError
from ..fixed_inputs import Fixed, check_fixed, fixed_array, of_type
from ..input_shapes import Batch, Extents, settle_shapes
from .element_types import ELEMENTS
from .graph import Graph


def declared_extents(type_proto: onnx.TypeProto) -> Extents | None:
    """The extents of a tensor type, None for a dynamic one; None if it has no shape."""
    if not type_proto.tensor_type.HasField("shape"):
        return None
    extents = [extent.dim_value for extent in type_proto.tensor_type.shape.dim]
    return [extent if extent > 0 else None for extent in extents]


def static_extents(type_proto: onnx.TypeProto) -> Shape | None:
    """The shape of a tensor type; None if it is not wholly known."""
    extents = declared_extents(type_proto)
    if extents is None:
        return None
    known = tuple(extent for extent in extents if extent is not None)
    return known if len(known) == len(extents) else None


def settle(
    graph: Graph,
    shapes: Mapping[str, Sequence[int]],
    batch: int | None,
    inferred: Mapping[str, Shape],
) -> tuple[dict[str, Shape], Batch]:
    """The shape of every input of the graph, and what became of the batch.

    Args:
        graph: whose inputs are settled.
        shapes: what the user says; it goes before what the file says.
        batch: the leading extent of all inputs, if the user says one.
        inferred: shapes of tensors that the file declares none for.

    Raises:
        AipuError: an extent stays dynamic, or `shapes` does not fit the inputs.
    """
    declared: dict[str, Extents | None] = {}
    for name in graph.inputs:
        own = _declared(graph, name)
        declared[name] = inferred.get(name) if own is None else own
    return settle_shapes(declared, shapes, batch)


def fixed_tensors(
    graph: onnx.GraphProto, fixed: Fixed, shapes: Mapping[str, Sequence[int]]
) -> dict[str, onnx.TensorProto]:
    """Constants for the inputs that a user fixes, by name.

    Raises:
        AipuError: a name is no input, or a value does not fit it.
    """
    known = {tensor.name for tensor in graph.initializer}
    declared = {v.name: v.type for v in graph.input if v.name not in known}
    check_fixed(fixed, declared)
    return {
        name: numpy_helper.from_array(
            of_type(
                name,
                fixed_array(
                    name, value, declared_extents(declared[name]), shapes.get(name)
                ),
                helper.tensor_dtype_to_np_dtype(declared[name].tensor_type.elem_type),
            ),
            name,
        )
        for name, value in fixed.items()
    }


def _declared(graph: Graph, name: str) -> Extents | None:
    if name not in graph.declared:
        return None
    declared = graph.declared[name]
    kind = declared.tensor_type.elem_type
    if not declared.HasField("tensor_type") or kind not in ELEMENTS:
        known = kind in onnx.TensorProto.DataType.values()
        found = onnx.TensorProto.DataType.Name(kind).lower() if known else kind
        raise UnsupportedError(
            f"expected a tensor of numbers, found {found}", place=f"input '{name}'"
        )
    return declared_extents(declared)
