"""How a kernel slides: torch's stride, padding, dilation, ceil_mode as a `Window`."""

from collections.abc import Sequence

from ..vocabulary.windows import STILL, Pair, Slide, Window, ceil_pad, window_of
from .node import Node


def read_window(node: Node, extents: Pair, kernel: Sequence[int]) -> Window:
    """The window of a node over an NHWC map of `extents` rows and columns.

    A kernel of one extent slides along the columns of a single row.
    """
    slides = read_slides(node, extents[-len(kernel) :], kernel, [1] * len(kernel))
    rows, columns = [STILL, *slides][-2:]
    return window_of(rows, columns)


def read_slides(
    node: Node, extents: Sequence[int], kernel: Sequence[int], step: Sequence[int]
) -> list[Slide]:
    """How the kernel of a node slides along axes of these `extents`, any number.

    `step` is the stride where the node says none.
    """
    rank = len(kernel)
    strides = _numbers(node, "stride", step, rank)
    dilations = _numbers(node, "dilation", [1], rank)
    if min(*kernel, *strides, *dilations) < 1:
        raise node.wrong(
            f"kernel {list(kernel)}, stride {strides} and dilation {dilations} must "
            "be positive"
        )
    reach = [(n - 1) * gap + 1 for n, gap in zip(kernel, dilations, strict=True)]
    pads = _pads(node, reach)
    ceil = [0] * rank
    if node.flag("ceil_mode", False):
        along = zip(extents, reach, strides, pads, strict=True)
        ceil = [ceil_pad(*axis) for axis in along]
    return [
        Slide(*axis)
        for axis in zip(kernel, strides, dilations, pads, ceil, strict=True)
    ]


def _numbers(node: Node, name: str, default: Sequence[int], rank: int) -> list[int]:
    """A number for each axis, of which one may be given for all."""
    found = node.integers(name, default) or list(default)
    if len(found) not in (1, rank):
        raise node.wrong(f"expected {rank} numbers for '{name}', found {found}")
    return found * rank if len(found) == 1 else found


def _pads(node: Node, reach: Sequence[int]) -> list[Pair]:
    """Pads before and after each axis; an odd one of 'same' goes after."""
    padding = node.source.arguments.get("padding")
    if padding is None or padding.as_string is None:
        return [(pad, pad) for pad in _numbers(node, "padding", [0], len(reach))]
    mode = node.text("padding", "valid")
    if mode not in ("same", "valid"):
        raise node.wrong(f"a padding of '{mode}'")
    if mode == "valid":
        return [(0, 0) for _ in reach]
    return [((extent - 1) // 2, extent - 1 - (extent - 1) // 2) for extent in reach]
