"""How a kernel slides: ONNX's strides, pads, auto_pad and ceil_mode as one `Window`."""

from collections.abc import Sequence

from ..vocabulary.windows import (
    STILL,
    Pair,
    Slide,
    Spread,
    Window,
    ceil_pad,
    same_pads,
    window_of,
)
from .node import Node


def read_window(node: Node, extents: Pair, kernel: Sequence[int]) -> Window:
    """The window of a node over an NHWC map of `extents` rows and columns.

    A kernel of one extent slides along the columns of a single row.
    """
    slides = read_slides(node, extents[-len(kernel) :], kernel)
    rows, columns = [STILL, *slides][-2:]
    return window_of(rows, columns)


def read_slides(
    node: Node, extents: Sequence[int], kernel: Sequence[int]
) -> list[Slide]:
    """How the kernel of a node slides along axes of these `extents`, any number."""
    rank = len(kernel)
    strides, dilations = (_numbers(node, n, rank) for n in ("strides", "dilations"))
    reach = [(n - 1) * step + 1 for n, step in zip(kernel, dilations, strict=True)]
    along = list(zip(extents, reach, strides, strict=True))
    pads = _pads(node, rank, along)
    ceil = [0] * rank
    if node.integer("ceil_mode", 0):
        ceil = [ceil_pad(*axis, pad) for axis, pad in zip(along, pads, strict=True)]
    return [
        Slide(*axis)
        for axis in zip(kernel, strides, dilations, pads, ceil, strict=True)
    ]


def read_spread(node: Node, extents: Pair, kernel: Sequence[int]) -> Spread:
    """How a transposed convolution spreads `extents` rows and columns.

    With `output_shape`, or an `auto_pad` of SAME, the pads are what is too much.
    """
    rank = len(kernel)
    stride = _planar(_numbers(node, "strides", rank))
    dilation = _planar(_numbers(node, "dilations", rank))
    added = node.integers("output_padding") or [0] * rank
    extra = _planar(added) if rank == 2 else (0, added[0])
    reach = [(n - 1) * d + 1 for n, d in zip(_planar(kernel), dilation, strict=True)]
    mode = node.text("auto_pad", "NOTSET")
    wanted = node.integers("output_shape")
    if wanted is not None:
        targets = [1, *wanted] if rank == 1 else wanted[-2:]
    elif mode in ("SAME_UPPER", "SAME_LOWER"):
        targets = [n * step for n, step in zip(extents, stride, strict=True)]
    else:
        along = list(zip(extents, reach, stride, strict=True))[-rank:]
        (left, right), (top, bottom) = [*_pads(node, rank, along)[::-1], (0, 0)][:2]
        return Spread(stride, dilation, (top, left, bottom, right), extra)
    node.ignore("pads")
    pads: list[Pair] = []
    for axis, target in enumerate(targets):
        whole = (extents[axis] - 1) * stride[axis] + reach[axis] + extra[axis]
        surplus = max(whole - target, 0)
        small, large = surplus // 2, surplus - surplus // 2
        pads.append((small, large) if mode == "SAME_UPPER" else (large, small))
        if whole < target:
            missing = target - whole
            extra = tuple(n + missing * (at == axis) for at, n in enumerate(extra))
    (top, bottom), (left, right) = pads
    rows, columns = extra
    return Spread(stride, dilation, (top, left, bottom, right), (rows, columns))


def _pads(node: Node, rank: int, along: Sequence[tuple[int, int, int]]) -> list[Pair]:
    """Pads before and after each axis."""
    mode = node.text("auto_pad", "NOTSET")
    given = node.integers("pads") or [0] * (2 * rank)
    if len(given) != 2 * rank:
        raise node.wrong(f"expected {2 * rank} pads, found {given}")
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        first = mode == "SAME_LOWER"
        return [same_pads(*axis, extra_first=first) for axis in along]
    if mode not in ("NOTSET", "VALID", ""):
        raise node.wrong(f"an auto_pad of '{mode}'")
    if mode == "VALID":
        return [(0, 0)] * rank
    return list(zip(given[:rank], given[rank:], strict=True))


def _numbers(node: Node, name: str, rank: int) -> list[int]:
    """An attribute that says something about each axis, 1 if it is not there."""
    values = node.integers(name) or [1] * rank
    if len(values) != rank or min(values) < 1:
        raise node.wrong(f"expected {rank} positive {name}, found {values}")
    return values


def _planar(values: Sequence[int]) -> Pair:
    """Rows and columns; a single extent is of the columns."""
    return (1, values[0]) if len(values) == 1 else (values[0], values[1])
