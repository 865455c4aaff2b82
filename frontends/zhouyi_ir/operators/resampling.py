"""Feature maps with another number of rows and columns."""

from collections.abc import Mapping

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.resampling import CONVENTIONS
from ..node import IrNode
from .movement import feature_map_shape

NEAREST: Mapping[str, str] = {
    "round_prefer_floor": "half_down",
    "round_prefer_ceil": "half_up",
    "floor": "floor",
    "ceil": "ceil",
}


def resize(node: IrNode) -> SSAValue:
    _, *before, _ = feature_map_shape(node)
    shape = node.top_shape()
    if len(shape) != 4:
        raise node.wrong(f"a top of rank {len(shape)}, expected [N, H, W, C]")
    after = shape[1:3]
    mode = node.block.text("mode", "half_pixel").lower()
    if mode not in CONVENTIONS or node.block.flag("antialias", False):
        raise node.unsupported(f"the mode {mode}, or antialias")
    lines = [
        CONVENTIONS[mode](old, new, node.block.real(f"ratio_{axis}", new / old))
        for old, new, axis in zip(before, after, "yx", strict=True)
    ]
    step, offset = [a for a, _ in lines], [b for _, b in lines]
    return node.emit(nn.ResizeOp(node.bottom(), after, step, offset, method(node)))


def method(node: IrNode) -> str:
    """How a position between pixels is taken."""
    match node.method():
        case "BILINEAR":
            return "linear"
        case "NEAREST":
            nearest = node.block.text("nearest_mode", "round_prefer_floor").lower()
            if nearest in NEAREST:
                return NEAREST[nearest]
            raise node.unsupported(f"the nearest mode {nearest}")
        case other:
            raise node.unsupported(f"the method {other}")


CONVERTERS = {"Resize": resize}
