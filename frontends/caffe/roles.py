"""What the layers of Caffe do to signs and sizes, as far as random weights care."""

from collections.abc import Sequence

from ..tensor_roles import Role, Step
from .model_file import CaffeLayer

ROLES = {
    **dict.fromkeys(("Clip", "ReLU", "ReLU6"), Role.RECTIFIER),
    **dict.fromkeys(
        (
            "Concat",
            "Crop",
            "Dropout",
            "Flatten",
            "LRN",
            "Permute",
            "Pooling",
            "Reshape",
            "ShuffleChannel",
            "Slice",
            "Split",
        ),
        Role.KEEPS_SIGN,
    ),
}


def steps(layers: Sequence[CaffeLayer]) -> list[Step]:
    """The layers with their roles."""
    return [Step(_role(layer), layer.reads, layer.writes) for layer in layers]


def _role(layer: CaffeLayer) -> Role:
    if layer.operator == "Eltwise":
        operation = layer.parameters.fields("eltwise_param").choice("operation")
        return Role.ADDITION if operation == "SUM" else Role.OTHER
    return ROLES.get(layer.operator, Role.OTHER)
