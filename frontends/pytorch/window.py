"""How a kernel slides: torch's stride, padding, dilation, ceil_mode as a `Window`."""

from collections.abc import Sequence

from ..windows import Pair, Window, ceil_pad
from .node import Node


def read_window(
    node: Node, extents: Pair, kernel: Sequence[int], *, step: Pair = (1, 1)
) -> Window:
    """The window of a node over an NHWC map of `extents` rows and columns.

    A kernel of one extent slides along the columns of a single row. `step` is the
    stride where the node says none.
    """
    rank = len(kernel)
    rows, columns = planar(kernel)
    stride = step
    if node.has("stride") and node.integers("stride"):
        stride = node.pair("stride", 1, rank)
    dilation = node.pair("dilation", 1, rank)
    if min(rows, columns, *stride, *dilation) < 1:
        raise node.wrong(
            f"kernel {list(kernel)}, stride {list(stride)} and dilation "
            f"{list(dilation)} must be positive"
        )
    reach = ((rows - 1) * dilation[0] + 1, (columns - 1) * dilation[1] + 1)
    pads = _pads(node, rank, reach)
    (top, bottom), (left, right) = pads
    ceil = (0, 0)
    if node.flag("ceil_mode", False):
        along = zip(extents, reach, stride, pads, strict=True)
        below, beside = (ceil_pad(*axis) for axis in along)
        ceil = (below, beside)
    return Window((rows, columns), stride, dilation, (top, left, bottom, right), ceil)


def planar(kernel: Sequence[int]) -> Pair:
    """Rows and columns; a single extent is of the columns."""
    return (1, kernel[0]) if len(kernel) == 1 else (kernel[0], kernel[1])


def _pads(node: Node, rank: int, reach: Pair) -> tuple[Pair, Pair]:
    """Pads before and after rows and columns; an odd one of 'same' goes after."""
    padding = node.source.arguments.get("padding")
    if padding is None or padding.as_string is None:
        rows, columns = node.pair("padding", 0, rank)
        return (rows, rows), (columns, columns)
    mode = node.text("padding", "valid")
    if mode not in ("same", "valid"):
        raise node.wrong(f"a padding of '{mode}'")
    if mode == "valid":
        return (0, 0), (0, 0)
    above, before = ((extent - 1) // 2 for extent in reach)
    return (above, reach[0] - 1 - above), (before, reach[1] - 1 - before)
