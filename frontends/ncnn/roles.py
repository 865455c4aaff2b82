"""What the layers of ncnn do to signs and sizes, as far as random weights care."""

from collections.abc import Sequence

from ..tensor_roles import Role, Step
from .param_file import NcnnLayer, integer

KEEPING_SIGN = {
    "Concat",
    "Crop",
    "Dropout",
    "Flatten",
    "LRN",
    "Noop",
    "Permute",
    "Pooling",
    "Reshape",
    "ShuffleChannel",
    "Slice",
    "Split",
}
RECTIFYING = {"Clip", "ReLU"}
WITH_ACTIVATION = {"Convolution", "ConvolutionDepthWise", "InnerProduct"}
RELU, CLIP = 1, 3


def steps(layers: Sequence[NcnnLayer]) -> list[Step]:
    """The layers with their roles."""
    return [Step(_role(layer), layer.reads, layer.writes) for layer in layers]


def _role(layer: NcnnLayer) -> Role:
    operator = layer.operator
    ends_in = integer(layer, 9, 0) if operator in WITH_ACTIVATION else 0
    if operator in RECTIFYING or ends_in in (RELU, CLIP):
        return Role.RECTIFIER
    adding = {"BinaryOp": 0, "Eltwise": 1}.get(operator)
    if adding is not None and integer(layer, 0, 0) == adding:
        return Role.ADDITION
    return Role.KEEPS_SIGN if operator in KEEPING_SIGN else Role.OTHER
