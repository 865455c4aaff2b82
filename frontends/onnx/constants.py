"""Constant tensors: read from the file, or computed from other constants."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.checker import ValidationError

from ...dialects.semantics.onnx_node import EVALUATION_ERRORS, run_node
from ...errors import AipuError, UnsupportedError
from ..constant import Constant
from ..limits import LARGEST
from .graph import NamedNode
from .input_shapes import static_extents
from .shape_inference import INFERENCE_ERRORS, SMALL, infer_results


class Missing(Constant):
    """A tensor of which only the shape is known; its elements are yet to be drawn."""


def missing_constant(name: str, shape: Sequence[int]) -> Missing:
    """A weight that the model names, but does not hold."""
    return Missing(name, np.broadcast_to(np.float32(0), tuple(shape)))


def read_initialiser(
    tensor: onnx.TensorProto, folder: Path, *, may_miss: bool = False
) -> Constant:
    """The elements of an initialiser, which may lie in another file in `folder`.

    Raises:
        AipuError: the file is missing and may not be, or the elements do not fill
            the shape.
    """
    try:
        return Constant(tensor.name, numpy_helper.to_array(tensor, str(folder)))
    except (OSError, ValidationError) as error:
        if may_miss:
            return missing_constant(tensor.name, tensor.dims)
        raise AipuError(
            f"its elements lie in another file, which cannot be read: {error}",
            place=f"initialiser '{tensor.name}'",
            remedy="put it beside the model, or draw weights: --random-weights SEED",
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise AipuError(
            f"its elements do not fill its shape {list(tensor.dims)}: {error}",
            place=f"initialiser '{tensor.name}'",
        ) from error


def evaluate(
    node: NamedNode,
    inputs: Sequence[Constant | None],
    opset_imports: Mapping[str, int],
) -> list[Constant]:
    """The results of a node on constants, whatever its operator, as onnx defines them.

    Raises:
        UnsupportedError: it cannot be computed, or the result would be too large.
    """
    arrays = [None if constant is None else constant.array for constant in inputs]
    try:
        check_growth(node.proto, arrays, opset_imports)
        results = run_node(node.proto, arrays, opset_imports)
    except (*EVALUATION_ERRORS, *INFERENCE_ERRORS) as error:
        raise UnsupportedError(
            f"this constant cannot be computed: {error}", place=node.place
        ) from error
    names = filter(None, node.proto.output)
    return [Constant(*each) for each in zip(names, results, strict=True)]


def check_growth(
    node: onnx.NodeProto,
    arrays: Sequence[np.ndarray | None],
    opset_imports: Mapping[str, int],
) -> None:
    """Look before a node makes more elements than memory should hold.

    Raises:
        MemoryError: it would.
        INFERENCE_ERRORS: the node is not right.
    """
    inputs: dict[str, onnx.ValueInfoProto] = {}
    small: dict[str, onnx.TensorProto] = {}
    for name, array in zip(node.input, arrays, strict=True):
        if array is None:
            continue
        if array.size <= SMALL:
            small[name] = numpy_helper.from_array(array, name)
        else:
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            inputs[name] = helper.make_tensor_value_info(name, kind, array.shape)
    for value in infer_results(node, inputs.values(), small.values(), opset_imports):
        if prod(static_extents(value.type) or ()) > LARGEST:
            raise MemoryError(f"it would have more than {LARGEST} elements")


def shape_of(node: NamedNode, shape: Sequence[int]) -> Constant:
    """The result of `Shape` on a tensor of a known shape."""
    bounds = {attribute.name: attribute.i for attribute in node.proto.attribute}
    part = slice(bounds.get("start"), bounds.get("end"))
    return Constant(node.proto.output[0], np.array(shape[part], np.int64))


def size_of(node: NamedNode, shape: Sequence[int]) -> Constant:
    """The result of `Size` on a tensor of a known shape."""
    return Constant(node.proto.output[0], np.array(prod(shape), np.int64))


OF_SHAPES: Mapping[str, Callable[[NamedNode, Sequence[int]], Constant]] = {
    "Shape": shape_of,
    "Size": size_of,
}
