"""Layers that reduce a window."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...layers.pooling import global_pool, pool
from ...vocabulary.windows import Pair, Window, same_pads
from ..node import NcnnNode

FULL, VALID, SAME_UPPER, SAME_LOWER = range(4)


def pooling(node: NcnnNode) -> SSAValue:
    """Averages count padding if parameter 6 says so, and always in the modes SAME."""
    averaging = node.choice(0, {0: False, 1: True})
    counting = node.flag(6)
    if node.flag(7):
        return _adaptive(node, averaging=averaging)
    kernel = _pair(node, 1, 11, 0)
    stride = _pair(node, 2, 12, 1)
    left, top = node.integer(3), node.integer(13, node.integer(3))
    pad = (top, left, node.integer(15, top), node.integer(14, left))
    mode = node.integer(5, FULL)
    if node.flag(4):
        ofm = global_pool(node, averaging=averaging)
        return node.emit(nn.ReshapeOp(ofm, nn.shape(ofm)[:2]))
    _, _, rows, columns = nn.shape(node.image())
    if min(*kernel, *stride) < 1:
        raise node.wrong(f"a kernel {kernel} with the stride {stride}")
    ceil = (0, 0)
    if mode in (SAME_UPPER, SAME_LOWER):
        (top, bottom), (left, right) = (
            same_pads(extent, kernel[i], stride[i], extra_first=mode == SAME_LOWER)
            for i, extent in enumerate((rows, columns))
        )
        pad, counting = (top, left, bottom, right), True
    elif mode == FULL:
        padded = (rows + pad[0] + pad[2], columns + pad[1] + pad[3])
        # The last window is completed, even if it begins in the padding.
        down, across = (-(padded[i] - kernel[i]) % stride[i] for i in range(2))
        ceil = (down, across)
        if counting:
            pad, ceil = (pad[0], pad[1], pad[2] + down, pad[3] + across), (0, 0)
    elif mode != VALID:
        raise node.unsupported(f"the padding mode {mode}")
    window = Window(kernel, stride, (1, 1), pad, ceil)
    return pool(node, window, averaging=averaging, counting_pad=counting)


def _pair(node: NcnnNode, columns: int, rows: int, default: int) -> Pair:
    across = node.integer(columns, default)
    return (node.integer(rows, across), across)


def _adaptive(node: NcnnNode, *, averaging: bool) -> SSAValue:
    """A map of a given size; windows must be equal for that."""
    node.ignore(1, 2, 3, 4, 5, 11, 12, 13, 14, 15)
    _, _, rows, columns = nn.shape(node.image())
    across = node.integer(8)
    size = (node.integer(18, across), across)
    if min(size) < 1 or rows % size[0] or columns % size[1]:
        raise node.unsupported(
            f"windows of different sizes, {rows} x {columns} to {size[0]} x {size[1]}"
        )
    kernel = (rows // size[0], columns // size[1])
    window = Window(kernel, kernel, (1, 1), (0, 0, 0, 0), (0, 0))
    return pool(node, window, averaging=averaging, counting_pad=False)


CONVERTERS = {"Pooling": pooling}
