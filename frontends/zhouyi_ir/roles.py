"""What layers do to signs and sizes, as far as random weights care."""

from collections.abc import Sequence

from ..tensor_roles import Role, Step
from .layer import IrLayer

KEEPING_SIGN = {
    "ChannelShuffle",
    "Concat",
    "DepthToSpace",
    "LRN",
    "Pad",
    "Pooling",
    "Reshape",
    "Slice",
    "SpaceToDepth",
    "Split",
    "Tile",
    "Transpose",
}
RECTIFYING = {"RELU", "RELU6", "CLIP"}


def steps(layers: Sequence[IrLayer]) -> list[Step]:
    """The layers with their roles."""
    return [Step(role(layer), layer.reads, layer.writes) for layer in layers]


def role(layer: IrLayer) -> Role:
    method = layer.block.text("method", "")
    if layer.operator == "Add" or (layer.operator, method) == ("Eltwise", "ADD"):
        return Role.ADDITION
    if layer.block.text("with_activation", "") in RECTIFYING or method in RECTIFYING:
        return Role.RECTIFIER
    return Role.KEEPS_SIGN if layer.operator in KEEPING_SIGN else Role.OTHER
