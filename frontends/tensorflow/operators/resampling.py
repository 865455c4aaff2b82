"""Feature maps with another number of rows and columns."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import Node

LINEAR, NEAREST = "linear", "floor"


def resize(method: str) -> Callable[[Node], SSAValue]:
    """Row y of the result lies at y * step + offset.

    Source: tensorflow/core/util/image_resizer_state.h.
    """

    def convert(node: Node) -> SSAValue:
        ifm, size = node.tensor(0), node.constant_integers(1)
        aligned = node.flag("align_corners", False)
        half = node.flag("half_pixel_centers", False)
        if len(size) != 2 or min(size) < 1 or len(nn.shape(ifm)) != 4:
            raise node.wrong(f"a size {size} for {list(nn.shape(ifm))}")
        steps, offsets = [], []
        for extent, wanted in zip(nn.shape(ifm)[1:3], size, strict=True):
            corners = aligned and wanted > 1
            step = (extent - 1) / (wanted - 1) if corners else extent / wanted
            steps.append(step)
            offsets.append(_offset(step, half, method))
        taken = "half_up" if aligned and method == NEAREST else method
        return node.emit(nn.ResizeOp(ifm, size, steps, offsets, taken))

    return convert


def _offset(step: float, half: bool, method: str) -> float:
    """With half pixels the middle of a row lies on the middle of one."""
    if not half:
        return 0.0
    return step / 2 if method == NEAREST else step / 2 - 0.5


CONVERTERS = {
    "ResizeBilinear": resize(LINEAR),
    "ResizeNearestNeighbor": resize(NEAREST),
}
