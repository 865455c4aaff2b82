"""Feature maps with another number of rows and columns."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import Node


def resize_bilinear(node: Node) -> SSAValue:
    """Where the pixels of the result lie: at their centres, or at their corners."""
    size, steps = _steps(node)
    half = 0.5 if node.integer("HalfPixelCenters", 0) else 0.0
    offsets = [half * step - half for step in steps]
    return node.emit(nn.ResizeOp(node.tensor(0), size, steps, offsets, "linear"))


def resize_nearest_neighbor(node: Node) -> SSAValue:
    """The pixel above, or with aligned corners the nearest, of two the one below."""
    size, steps = _steps(node)
    half = 0.5 if node.integer("HalfPixelCenters", 0) else 0.0
    offsets = [half * step for step in steps]
    method = "half_up" if node.integer("AlignCorners", 0) else "floor"
    return node.emit(nn.ResizeOp(node.tensor(0), size, steps, offsets, method))


def _steps(node: Node) -> tuple[list[int], list[float]]:
    """The new rows and columns, and how many old ones a new one goes on."""
    size, extents = node.constant_integers(1), node.shape(0)[1:3]
    if len(size) != 2 or len(extents) != 2 or min(size) < 1:
        raise node.wrong(f"a size of {size}")
    corners = node.integer("AlignCorners", 0)
    return size, [
        (old - 1) / (new - 1) if corners and new > 1 else old / new
        for old, new in zip(extents, size, strict=True)
    ]


CONVERTERS = {
    "RESIZE_BILINEAR": resize_bilinear,
    "RESIZE_NEAREST_NEIGHBOR": resize_nearest_neighbor,
}
