"""The greatest or the least elements of an axis."""

import numpy as np
from onnx import TensorProto
from xdsl.dialects.builtin import TensorType, f32, i64
from xdsl.ir import SSAValue

from ...dialects import nn
from ..constant import Constant
from ..network import Emitter
from ..on_host import on_host


def greatest(
    node: Emitter, ifm: SSAValue, axis: int, count: int, *, largest: bool = True
) -> list[SSAValue]:
    """So many elements along an axis, the first of them first, and where they are.

    One is a reduction; the host looks for several.

    Raises:
        UnsupportedError: there are not as many.
    """
    extents = list(nn.shape(ifm))
    if not extents or not 1 <= count <= extents[axis]:
        raise node.unsupported(f"{count} elements of {extents}")
    if count == 1:
        reduce = nn.ReduceMaxOp if largest else nn.ReduceMinOp
        place = nn.ArgMaxOp if largest else nn.ArgMinOp
        values = node.emit(reduce(ifm, [axis], keep=True))
        return [values, node.emit(place(ifm, axis, keep=True))]
    extents[axis] = count
    why = f"the {count} {'greatest' if largest else 'least'} of an axis"
    reals, positions = TensorType(f32, extents), TensorType(i64, extents)
    values, places = on_host(
        node,
        "TopK",
        [ifm, Constant(f"{node.name}/k", np.array([count]))],
        [reals, positions],
        why,
        axis=axis,
        largest=int(largest),
    )
    places = on_host(node, "Cast", [places], [reals], why, to=TensorProto.FLOAT)
    return [values, *places]
