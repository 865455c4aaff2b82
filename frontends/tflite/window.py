"""How a kernel slides: TFLite's strides, dilations and padding as one `Window`."""

from collections.abc import Sequence

from ..vocabulary.windows import Pair, Window, same_pads
from .node import Node


def read_window(
    node: Node, extents: Sequence[int], kernel: Pair, *, dilated: bool = False
) -> Window:
    """The window of a node over an NHWC map of `extents` rows and columns."""
    stride = (node.positive("StrideH"), node.positive("StrideW"))
    dilation = (1, 1)
    if dilated:
        dilation = (node.positive("DilationHFactor"), node.positive("DilationWFactor"))
    reach = [(n - 1) * step + 1 for n, step in zip(kernel, dilation, strict=True)]
    along = zip(extents, reach, stride, strict=True)
    (top, bottom), (left, right) = (pads(node, *axis) for axis in along)
    return Window(kernel, stride, dilation, (top, left, bottom, right), (0, 0))


def pads(node: Node, extent: int, reach: int, stride: int) -> Pair:
    """Before and after an axis; SAME puts an odd one after it."""
    match node.text("Padding"):
        case "SAME":
            return same_pads(extent, reach, stride, extra_first=False)
        case "VALID":
            return (0, 0)
        case other:
            raise node.wrong(f"a padding of {other}")
