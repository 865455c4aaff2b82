"""How a kernel slides: TensorFlow's strides, dilations and padding as one `Window`."""

from collections.abc import Sequence

from xdsl.ir import SSAValue

from ...dialects import nn
from ..vocabulary.channels import channels_first, channels_last
from ..vocabulary.windows import Pair, Window, same_pads
from .node import Node


def feature_map(node: Node, position: int = 0) -> SSAValue:
    """An input as an NHWC feature map."""
    value = node.tensor(position)
    if len(nn.shape(value)) != 4:
        raise node.wrong(f"a window over a tensor of rank {len(nn.shape(value))}")
    return channels_last(node, value) if node.channels_first() else value


def from_feature_map(node: Node, value: SSAValue) -> SSAValue:
    """Back to the layout of the node."""
    return channels_first(node, value) if node.channels_first() else value


def read_window(node: Node, extents: Pair, kernel: Sequence[int]) -> Window:
    """The window of a node over a map of `extents` rows and columns."""
    rows, columns = kernel
    stride, dilation = planar(node, "strides"), planar(node, "dilations")
    reach = [(n - 1) * step + 1 for n, step in zip(kernel, dilation, strict=True)]
    along = list(zip(extents, reach, stride, strict=True))
    (top, bottom), (left, right) = _pads(node, along)
    pad = (top, left, bottom, right)
    return Window((rows, columns), stride, dilation, pad, (0, 0))


def planar(node: Node, name: str) -> Pair:
    """An attribute of four numbers, those of rows and columns; the others must be 1."""
    values = node.integers(name, (1, 1, 1, 1))
    if len(values) != 4 or min(values) < 1:
        raise node.wrong(f"expected four positive {name}, found {values}")
    if node.channels_first():
        batch, channels, rows, columns = values
    else:
        batch, rows, columns, channels = values
    if (batch, channels) != (1, 1):
        raise node.unsupported(f"{name} {values} over batch or channels")
    return rows, columns


def _pads(node: Node, along: Sequence[tuple[int, int, int]]) -> list[Pair]:
    """Pads before and after rows and columns."""
    mode = node.text("padding", "VALID")
    if mode == "SAME":
        return [same_pads(*axis, extra_first=False) for axis in along]
    if mode == "VALID":
        return [(0, 0), (0, 0)]
    if mode != "EXPLICIT":
        raise node.wrong(f"a padding of '{mode}'")
    pads = node.integers("explicit_paddings")
    first = 4 if node.channels_first() else 2
    if len(pads) != 8 or sum(pads) != sum(pads[first : first + 4]):
        raise node.wrong(f"explicit_paddings {pads}")
    top, bottom, left, right = pads[first : first + 4]
    return [(top, bottom), (left, right)]
