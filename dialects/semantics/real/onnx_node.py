"""Nodes of ONNX, of any type of elements."""

import numpy as np
from xdsl.dialects.builtin import IntegerAttr, IntegerType
from xdsl.ir import Attribute

from ....errors import AipuError
from ... import nn
from ...locations import place
from ...nn.elements import stored_as

REAL = np.dtype(np.float32)
STANDARD = "ai.onnx"
"""The domain that ONNX itself also calls by the empty name."""


def onnx_node(op: nn.OnnxNodeOp, *arrays: np.ndarray) -> np.ndarray:
    """Reals have the precision of the operands; a result that is real, too."""
    from ..onnx_node import EVALUATION_ERRORS, decode, run_node

    versions = {
        "" if domain == STANDARD else domain: version.value.data
        for domain, version in op.opsets.data.items()
        if isinstance(version, IntegerAttr)
    }
    try:
        node = decode(op.node.data)
        given = iter(arrays)
        inputs = [next(given) if name else None for name in node.input]
        result = run_node(node, inputs, versions)[op.number.value.data]
    except (*EVALUATION_ERRORS, StopIteration) as error:
        raise AipuError(
            f"{op.operator.data} cannot be computed: {error}", place=place(op)
        ) from error
    kind = kind_of(nn.element_type(op.ofm), precision(arrays))
    return result.astype(kind, copy=False)


def precision(arrays: tuple[np.ndarray, ...]) -> np.dtype:
    """That of the first operand of reals."""
    reals = (array.dtype for array in arrays if array.dtype.kind == "f")
    return next(reals, REAL)


def kind_of(element: Attribute, real: np.dtype = REAL) -> np.dtype:
    """How numpy holds elements."""
    reals = not isinstance(element, IntegerType)
    return real if reals else np.dtype(stored_as(element))


FUNCTIONS = {nn.OnnxNodeOp: onnx_node}
