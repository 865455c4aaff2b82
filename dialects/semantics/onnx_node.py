"""Running one node of ONNX by its own reference implementation."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import helper
from onnx.reference import ReferenceEvaluator

from .conv_transpose import ConvTranspose
from .gather_elements import GatherElements
from .grid_sample import GridSample

NEW_OPERATORS = [ConvTranspose, GatherElements, GridSample]
"""Where the implementation of ours is right, or fast, and that of onnx is not."""

EVALUATION_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the reference implementation raises where a node is not right."""

DECODING_ERRORS = (DecodeError, Error, ValueError)


def decode(text: str) -> onnx.NodeProto:
    """A node from base64.

    Raises:
        ValueError: that is no node.
    """
    try:
        return onnx.NodeProto.FromString(b64decode(text, validate=True))
    except DECODING_ERRORS as error:
        raise ValueError(f"not a node in base64: {error}") from None


def evaluator(
    node: onnx.NodeProto, opset_imports: Mapping[str, int]
) -> ReferenceEvaluator:
    """The reference implementation of a node in this opset.

    Raises:
        EVALUATION_ERRORS: there is none.
    """
    opsets = [helper.make_opsetid(*entry) for entry in opset_imports.items()]
    inputs = dict.fromkeys(filter(None, node.input))
    outputs = [name for name in node.output if name]
    # A function, since an evaluator of a bare node takes the newest opset.
    function = helper.make_function("", "node", [*inputs], outputs, [node], opsets)
    return ReferenceEvaluator(function, new_ops=NEW_OPERATORS)


def run_node(
    node: onnx.NodeProto,
    arrays: Sequence[np.ndarray | None],
    opset_imports: Mapping[str, int],
) -> list[np.ndarray]:
    """The results of a node on its inputs, None for those that it leaves out.

    Raises:
        EVALUATION_ERRORS: the node is not right, or not known.
    """
    feeds = {
        name: array for name, array in zip(node.input, arrays, strict=True) if name
    }
    results = evaluator(node, opset_imports).run(None, feeds, attributes={})
    for name, result in zip(filter(None, node.output), results, strict=True):
        if not isinstance(result, np.ndarray | np.generic):
            raise TypeError(f"'{name}' is no tensor")
    return [np.asarray(result) for result in results]
