"""The network of a program to operations of the `aipu` dialect, and back."""

from xdsl.dialects.builtin import IntegerType, TensorType
from xdsl.ir import Attribute

from ..dialects import aipu
from ..dialects.quant import UniformType
from ..errors import AipuError
from .faults import OperationError
from .network import KINDS, Network, Segment, Tensor

NAMES = {kind.type: name for name, kind in KINDS.items()}


def to_network(op: aipu.NetworkOp) -> Network:
    """The network that an operation says.

    Raises:
        OperationError: it holds another operation, or a tensor of unknown elements.
    """
    tensors: list[Tensor] = []
    segments: list[Segment] = []
    for part in op.body.ops:
        match part:
            case aipu.TensorOp():
                tensors.append(_tensor(part))
            case aipu.SegmentOp():
                segments.append(
                    Segment(part.segment_name.data, part.inputs.data, part.outputs.data)
                )
            case _:
                raise OperationError(
                    part, f"{part.name} is neither a tensor nor a segment"
                )
    return Network(op.inputs.data, op.outputs.data, tuple(tensors), tuple(segments))


def _tensor(op: aipu.TensorOp) -> Tensor:
    layout = op.layout.get_values() if op.layout is not None else ()
    try:
        return tensor_of(op.tensor_name.data, op.type, tuple(map(int, layout)))
    except AipuError as error:
        raise OperationError(op, error.head) from None


def tensor_of(
    name: str, type: TensorType[Attribute], layout: tuple[int, ...] = ()
) -> Tensor:
    """The tensor of a type.

    Raises:
        AipuError: elements of its kind are not among `KINDS`.
    """
    element, shape = type.element_type, type.get_shape()
    stored = element.storage if isinstance(element, UniformType) else element
    if stored not in NAMES:
        raise AipuError(f"a binary has no tensors of {stored}", place=name)
    kind = NAMES[stored]
    if isinstance(element, UniformType):
        return Tensor(name, kind, shape, element.scale, element.zero_point, layout)
    return Tensor(name, kind, shape, layout=layout)


def to_network_operation(network: Network) -> aipu.NetworkOp:
    """The operation of a sound network (see `validate`)."""
    return aipu.NetworkOp(
        network.inputs,
        network.outputs,
        [
            *(aipu.TensorOp(t.name, _type(t), t.layout) for t in network.tensors),
            *(aipu.SegmentOp(s.name, s.inputs, s.outputs) for s in network.segments),
        ],
    )


def _type(tensor: Tensor) -> TensorType[Attribute]:
    element = KINDS[tensor.kind].type
    if tensor.scale and isinstance(element, IntegerType):
        element = UniformType(tensor.scale, tensor.zero_point, element)
    return TensorType(element, tensor.shape)
