"""What the machine cannot run, for formats other than ONNX: as a node of ONNX."""

from base64 import b64encode
from collections.abc import Sequence

import numpy as np
from onnx import helper
from xdsl.dialects.builtin import TensorType, i64
from xdsl.ir import SSAValue

from ..dialects import nn
from .constant import Constant, Value
from .network import Emitter

OPSET = 20
"""Of the nodes."""


def on_host(
    node: Emitter,
    operator: str,
    inputs: Sequence[Value],
    types: Sequence[TensorType],
    because: str,
    **attributes: object,
) -> list[SSAValue]:
    """The results of a node of ONNX, of these types; `because` is why `nn` has none.

    Constants of whole numbers stay such, as ONNX wants sizes and places.
    """
    reads = [f"x{position}" for position in range(len(inputs))]
    writes = [f"y{position}" for position in range(len(types))]
    proto = helper.make_node(operator, reads, writes)
    proto.attribute.extend(
        helper.make_attribute(name, value) for name, value in attributes.items()
    )
    text = b64encode(proto.SerializeToString(deterministic=True)).decode()
    operands = [_operand(node, value) for value in inputs]
    versions = {"ai.onnx": OPSET}
    return [
        node.emit(
            nn.OnnxNodeOp(operator, text, versions, operands, type, number, because)
        )
        for number, type in enumerate(types)
    ]


def _operand(node: Emitter, value: Value) -> SSAValue:
    if not isinstance(value, Constant) or value.array.dtype.kind not in "iu":
        return node.operand(value)
    key = node.network.weights.add(value.name, value.array.astype(np.int64))
    return node.emit(nn.WeightOp(key, TensorType(i64, value.array.shape)))
