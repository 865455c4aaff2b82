"""What every operator asks of the host: a table from `nn` to kinds of work.

An operator without a row only moves bytes. A reshape moves none, and costs nothing.
"""

from collections.abc import Callable, Mapping
from math import prod

from xdsl.dialects.builtin import IntegerType
from xdsl.ir import Operation, SSAValue

from ....backend_aipu.host import Host, Work
from ....dialects import nn
from ....dialects.nn.macs import macs
from ....dialects.quant import quantisation
from ...authoring.operators import is_weight

WINOGRAD_CHANNELS = 16
"""With fewer channels of the ifm a 3x3 convolution is computed as it is written."""

ONNX_PASSES = 3
"""How often an operator that only ONNX defines goes over its tensors (assumed)."""


def host_ms(op: nn.Operator, host: Host) -> float:
    """The milliseconds of an operator on a host; 0 for a reshape, and for no other."""
    work = host_work(op)
    return 0.0 if work is None else host.milliseconds(work)


def host_work(op: nn.Operator) -> Work | None:
    """What an operator asks of a host; None if that is nothing at all."""
    if isinstance(op, nn.ReshapeOp):
        return None
    kind = KINDS.get(type(op), moving)(op)
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
    bits = element.width.data if isinstance(element, IntegerType) else 32
    return prod(nn.shape(value)) * max(1, bits // 8)


def moving(op: nn.Operator) -> str:
    """No arithmetic that would take longer than its bytes."""
    return ""


def product(op: nn.Operator) -> str:
    """Matrices, as a 1x1 convolution multiplies them."""
    return "pointwise"


def exponential(op: nn.Operator) -> str:
    """An exponential, or what takes as long, for every element of the result."""
    return "exponential"


def convolution(op: nn.Operator) -> str:
    """By groups, kernel, stride and channels."""
    assert isinstance(op, nn.Conv2dOp | nn.ConvTranspose2dOp)
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


EXPONENTIAL = (
    nn.CeluOp,
    nn.CosOp,
    nn.EluOp,
    nn.ErfOp,
    nn.ExpOp,
    nn.GeluOp,
    nn.GeluTanhOp,
    nn.LogOp,
    nn.LrnOp,
    nn.MishOp,
    nn.PowOp,
    nn.SeluOp,
    nn.SigmoidOp,
    nn.SiluOp,
    nn.SinOp,
    nn.SoftmaxOp,
    nn.SoftplusOp,
    nn.TanhOp,
)

KINDS: Mapping[type[Operation], Callable[[nn.Operator], str]] = {
    nn.Conv2dOp: convolution,
    nn.ConvTranspose2dOp: convolution,
    nn.FullyConnectedOp: product,
    nn.MatMulOp: product,
    **dict.fromkeys(EXPONENTIAL, exponential),
}
