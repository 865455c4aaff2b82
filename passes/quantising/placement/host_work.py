"""What every operator asks of the host: by what it is, a kind of work.

Most only move bytes. A reshape moves none, and costs nothing.
"""

from math import prod

from xdsl.dialects.builtin import IntegerType
from xdsl.ir import SSAValue

from ....backend_aipu.host import Host, Work
from ....dialects import nn
from ....dialects.nn.macs import macs
from ....dialects.quant import quantisation
from ...authoring.operators import is_weight

REAL_BYTES = 4

WINOGRAD_CHANNELS = 16
"""With fewer channels of the ifm a 3x3 convolution is computed as it is written."""

ONNX_PASSES = 3
"""How often an operator that only ONNX defines goes over its tensors (assumed)."""


def host_ms(op: nn.Operator, host: Host) -> float:
    """The milliseconds of an operator on a host; 0 for a reshape, and for no other."""
    if isinstance(op, nn.CompositeOp):
        return sum(host_ms(part, host) for part in op.parts)
    work = host_work(op)
    return 0.0 if work is None else host.milliseconds(work)


def moved_ms(op: nn.Operator, host: Host) -> float:
    """The same of one on reals that is to move integers instead, a byte each."""
    work = host_work(op)
    if work is None:
        return 0.0
    return host.milliseconds(work._replace(map_bytes=work.map_bytes // REAL_BYTES))


def host_work(op: nn.Operator) -> Work | None:
    """What an operator asks of a host; None if that is nothing at all."""
    if isinstance(op, nn.ReshapeOp):
        return None
    kind = kind_of(op)
    constants = [value for value in op.operands if is_weight(value)]
    maps = [value for value in op.operands if not is_weight(value)]
    passes = ONNX_PASSES if isinstance(op, nn.OnnxNodeOp) else 1
    return Work(
        kind,
        macs(op) or prod(nn.shape(op.ofm)),
        passes * sum(map(bytes_of, [*maps, op.ofm])),
        sum(map(bytes_of, constants)),
    )


def bytes_of(value: SSAValue) -> int:
    """The bytes of a tensor: four a real, one a truth value or a quantised one."""
    stored = quantisation(value)
    element = nn.element_type(value) if stored is None else stored.storage
    whole = isinstance(element, IntegerType)
    size = max(1, element.width.data // 8) if whole else REAL_BYTES
    return prod(nn.shape(value)) * size


def kind_of(op: nn.Operator) -> str:
    """The kind of work, as targets name them; empty where bytes take longest."""
    match op:
        case nn.Conv2dOp() | nn.ConvTranspose2dOp():
            return kind_of_convolution(op)
        case nn.Multiplies():
            return "pointwise"
        case nn.Exponential():
            return "exponential"
        case _:
            return ""


def kind_of_convolution(op: nn.Conv2dOp | nn.ConvTranspose2dOp) -> str:
    """By groups, kernel, stride and channels."""
    *kernel, channels_of_group = nn.shape(op.weight)[1:]
    if op.groups.value.data > 1:
        return "depthwise" if channels_of_group == 1 else "grouped"
    if kernel == [1, 1]:
        return "pointwise"
    if kernel != [3, 3] or isinstance(op, nn.ConvTranspose2dOp):
        return "direct"
    plain = (*op.stride.get_values(), *op.dilation.get_values()) == (1, 1, 1, 1)
    many = channels_of_group >= WINOGRAD_CHANNELS
    return "winograd" if plain and many else "direct_3x3"
