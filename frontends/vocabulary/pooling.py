"""Windows that are reduced to their largest or to their mean, as all formats ask.

Dilated windows are windows without gaps over every n-th row and column: one pooling for
each place that a window may begin at between them. Windows over volumes are windows
over planes, and then over the depth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import gcd, prod

from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter
from .channels import channels_first, channels_last, feature_map, from_feature_map
from .moving import check_parts, joined, reshaped, stacked, taken
from .windows import STILL, Pair, Slide, Window, window_of

Pool = Callable[[Emitter, SSAValue, Window], SSAValue]
"""From an NHWC map to one."""

Plain = Callable[[SSAValue, Pair, Sequence[int]], nn.Operator]
"""A pooling without gaps, with this stride and this [top, left, bottom, right]."""


def pooled(
    node: Emitter, ifm: SSAValue, slides: Sequence[Slide], pool: Pool
) -> SSAValue:
    """[N, C, ...] with a kernel along each axis after these, of which one to three are.

    Raises:
        UnsupportedError: there are more.
    """
    rank = len(slides) + 2
    if rank > 5:
        raise node.unsupported(f"a window over a tensor of rank {rank}")
    rows, columns = [STILL, *slides][-2:]
    if rank < 5:
        ofm = pool(node, feature_map(node, ifm), window_of(rows, columns))
        return from_feature_map(node, ofm, rank)
    last = channels_last(node, ifm)
    images, depth, *plane, channels = nn.shape(last)
    planes = reshaped(node, last, (images * depth, *plane, channels))
    ofm = pool(node, planes, window_of(rows, columns))
    plane = nn.shape(ofm)[1:3]
    upright = reshaped(node, ofm, (images, depth, prod(plane), channels))
    ofm = pool(node, upright, window_of(slides[0], STILL))
    whole = (images, nn.shape(ofm)[1], *plane, channels)
    return channels_first(node, reshaped(node, ofm, whole))


def largest(node: Emitter, ifm: SSAValue, window: Window) -> SSAValue:
    """Padding is never the largest."""

    def plain(value: SSAValue, stride: Pair, pad: Sequence[int]) -> nn.Operator:
        return nn.MaxPool2dOp(value, window.kernel, stride, pad)

    return _slid(node, ifm, window, plain)


def mean(counting_pad: bool) -> Pool:
    """Padding counts as zeros or not at all; what `ceil_pad` adds never counts."""

    def pool(node: Emitter, ifm: SSAValue, window: Window) -> SSAValue:
        top, left, bottom, right = window.pad
        if not counting_pad or not any(window.ceil_pad):
            return _mean(node, ifm, window, counting_pad=counting_pad)
        if any(window.pad):
            ifm = node.emit(nn.PadOp(ifm, (0, top, left, 0), (0, bottom, right, 0)))
        rest = (0, 0, 0, 0)
        within = Window(
            window.kernel, window.stride, window.dilation, rest, window.ceil_pad
        )
        return _mean(node, ifm, within, counting_pad=False)

    return pool


def mean_of_all(node: Emitter, ifm: SSAValue, window: Window) -> SSAValue:
    """All that is added counts as zeros."""
    return _mean(node, ifm, window, counting_pad=True)


def _mean(
    node: Emitter, ifm: SSAValue, window: Window, *, counting_pad: bool
) -> SSAValue:
    def plain(value: SSAValue, stride: Pair, pad: Sequence[int]) -> nn.Operator:
        counting = counting_pad and any(pad)
        return nn.AvgPool2dOp(value, window.kernel, stride, pad, counting_pad=counting)

    return _slid(node, ifm, window, plain)


def _slid(node: Emitter, ifm: SSAValue, window: Window, plain: Plain) -> SSAValue:
    """A pooling whose window may have gaps."""
    gaps = zip(window.kernel, window.dilation, strict=True)
    if not any(kernel > 1 and dilation > 1 for kernel, dilation in gaps):
        return node.emit(plain(ifm, window.stride, window.whole_pad))
    top, left, bottom, right = window.whole_pad
    of_rows = _phases(node, nn.shape(ifm)[1], window, 0, (top, bottom))
    of_columns = _phases(node, nn.shape(ifm)[2], window, 1, (left, right))
    check_parts(node, len(of_rows) * len(of_columns))
    lines = [
        [_phase(node, ifm, rows, columns, plain) for columns in of_columns]
        for rows in of_rows
    ]
    whole = [_interleaved(node, line, 2) for line in lines]
    return _interleaved(node, whole, 1)


@dataclass(frozen=True)
class Phase:
    """Windows that begin at like places: the elements that they see, and their steps.

    `pads` are as many elements before and after these.
    """

    places: range
    pads: Pair
    stride: int


def _phases(
    node: Emitter, extent: int, window: Window, axis: int, pads: Pair
) -> list[Phase]:
    """The windows along an axis by where they begin: those of the first, the second...

    Raises:
        UnsupportedError: a window has nothing but padding.
    """
    kernel, stride = window.kernel[axis], window.stride[axis]
    dilation = window.dilation[axis] if kernel > 1 else 1
    reach, common = (kernel - 1) * dilation + 1, gcd(stride, dilation)
    starts = range(-pads[0], extent + pads[1] - reach + 1, stride)
    if not all(
        any(n in range(extent) for n in _taps(s, kernel, dilation)) for s in starts
    ):
        raise node.unsupported("a window that has nothing but padding")
    count = dilation // common
    phases: list[Phase] = []
    for first in range(min(count, len(starts))):
        own = starts[first::count]
        taps = (len(own) - 1) * (stride // common) + kernel
        every = _taps(own.start, taps, dilation)
        before = sum(place < 0 for place in every)
        after = sum(place >= extent for place in every)
        places = every[before : taps - after]
        phases.append(Phase(places, (before, after), stride // common))
    return phases


def _taps(start: int, count: int, dilation: int) -> range:
    return range(start, start + count * dilation, dilation)


def _phase(
    node: Emitter, ifm: SSAValue, rows: Phase, columns: Phase, plain: Plain
) -> SSAValue:
    seen = taken(node, ifm, {1: rows.places, 2: columns.places})
    (top, bottom), (left, right) = rows.pads, columns.pads
    stride = (rows.stride, columns.stride)
    return node.emit(plain(seen, stride, (top, left, bottom, right)))


def _interleaved(node: Emitter, parts: Sequence[SSAValue], axis: int) -> SSAValue:
    """The first of each part, the second of each, ...; the last may be one shorter."""
    if len(parts) == 1:
        return parts[0]
    extents = [nn.shape(part)[axis] for part in parts]
    least = min(extents)
    even = [taken(node, part, {axis: range(least)}) for part in parts]
    together = node.operand(stacked(node, even, axis + 1))
    whole = list(nn.shape(parts[0]))
    whole[axis] = least * len(parts)
    rest = [
        taken(node, part, {axis: range(least, extent)})
        for part, extent in zip(parts, extents, strict=True)
        if extent > least
    ]
    return node.operand(joined(node, [reshaped(node, together, whole), *rest], axis))
