"""Rounding to integers by ONNX Runtime, to the very integers that numpy gives.

It divides in float32. So it divides by a scale that is a little too small and by one
that is a little too large. The true quotient lies between: where both round to the same
integer it does, too, and the few others, close to a middle, are for numpy to say.
"""

from collections.abc import Callable, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ... import nn
from ...quant import UniformType, uniform
from ..evaluate import Call, evaluate_operator
from ..uniform import to_stored
from .to_onnx import IR_VERSION, OPSET

BESIDE = 2.0**-21
"""How far the two scales are from the true one, in parts of it: some roundings."""

FEW = 8
"""One of so many elements may be left to numpy."""

Compute = Callable[[np.ndarray], Sequence[np.ndarray]]
Prepare = Callable[[onnx.ModelProto], Compute]
"""What a model of one input computes."""


def quantiser(op: nn.QuantiseOp, prepare: Prepare) -> Call | None:
    """What rounds the reals of an operator; None where it is for numpy alone."""
    element = uniform(op.ofm)
    if element.limits != (-128, 127) or not 1e-30 < element.scale < 1e30:
        return None
    layouts: dict[tuple[int, ...], Compute] = {}

    def call(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        (ifm,) = inputs
        order = _order(ifm)
        if not ifm.size or np.isnan(ifm).any() or order is None:
            return [evaluate_operator(op, inputs)]
        if order not in layouts:
            layouts[order] = prepare(_model(element, ifm.transpose(order).shape, order))
        stored, other = layouts[order](ifm.transpose(order))
        doubtful = np.flatnonzero(stored != other)
        if len(doubtful) * FEW > ifm.size:
            return [evaluate_operator(op, inputs)]
        places = np.unravel_index(doubtful, ifm.shape)
        stored[places] = to_stored(ifm[places], element)
        return [stored]

    return call


def _order(ifm: np.ndarray) -> tuple[int, ...] | None:
    """The axes in the order in which an array lies in memory, if in one piece."""
    order = tuple(np.argsort([-stride for stride in ifm.strides], kind="stable"))
    return order if ifm.transpose(order).flags.c_contiguous else None


def _model(
    element: UniformType, shape: Sequence[int], order: Sequence[int]
) -> onnx.ModelProto:
    """From an array as it lies in memory to its integers, by either scale."""
    names = ("low", "high")
    scales = [element.scale * (1 + side) for side in (-BESIDE, BESIDE)]
    constants = [
        numpy_helper.from_array(np.array(element.zero_point, np.int8), "zero"),
        *(
            numpy_helper.from_array(np.array(scale, np.float32), f"{name}_scale")
            for name, scale in zip(names, scales, strict=True)
        ),
    ]
    nodes = [
        node
        for name in names
        for node in (
            helper.make_node(
                "QuantizeLinear", ["reals", f"{name}_scale", "zero"], [f"{name}_there"]
            ),
            helper.make_node(
                "Transpose", [f"{name}_there"], [name], perm=np.argsort(order).tolist()
            ),
        )
    ]
    made = [shape[axis] for axis in np.argsort(order)]
    graph = helper.make_graph(
        nodes,
        "quantise",
        [helper.make_tensor_value_info("reals", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.INT8, made) for name in names],
        constants,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
