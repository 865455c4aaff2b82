"""How a kernel slides over a feature map, and how much to pad for that."""

from dataclasses import dataclass

Pair = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A sliding kernel over rows and columns, with explicit padding.

    `pad` is [top, left, bottom, right]; `ceil_pad` [bottom, right] comes on top of it,
    for the last windows of `ceil_mode`, and never counts in an average.
    """

    kernel: Pair
    stride: Pair
    dilation: Pair
    pad: tuple[int, int, int, int]
    ceil_pad: Pair

    @property
    def whole_pad(self) -> tuple[int, int, int, int]:
        """`pad` and `ceil_pad` together."""
        top, left, bottom, right = self.pad
        return (top, left, bottom + self.ceil_pad[0], right + self.ceil_pad[1])


@dataclass(frozen=True)
class Slide:
    """A sliding kernel along one axis: `pads` before and after, `ceil` on top."""

    kernel: int
    stride: int
    dilation: int
    pads: Pair
    ceil: int = 0


STILL = Slide(1, 1, 1, (0, 0))
"""Of an axis that no kernel slides along."""


def window_of(rows: Slide, columns: Slide) -> Window:
    """The kernel that slides along both."""
    (top, bottom), (left, right) = rows.pads, columns.pads
    return Window(
        (rows.kernel, columns.kernel),
        (rows.stride, columns.stride),
        (rows.dilation, columns.dilation),
        (top, left, bottom, right),
        (rows.ceil, columns.ceil),
    )


@dataclass(frozen=True)
class Spread:
    """How a transposed convolution spreads pixels: `pad` is cut off, `extra` added."""

    stride: Pair
    dilation: Pair
    pad: tuple[int, int, int, int]
    extra: Pair


def same_pads(extent: int, reach: int, stride: int, *, extra_first: bool) -> Pair:
    """Pads that make `ceil(extent / stride)` windows; an odd one goes first or last."""
    count = -(-extent // stride)
    total = max((count - 1) * stride + reach - extent, 0)
    small, large = total // 2, total - total // 2
    return (large, small) if extra_first else (small, large)


def ceil_pad(extent: int, reach: int, stride: int, pads: Pair) -> int:
    """What a last, partial window needs beyond the pads; it must not begin in there."""
    room = extent + sum(pads) - reach
    count = -(-room // stride) + 1
    if (count - 1) * stride >= extent + pads[0]:
        count -= 1
    return max((count - 1) * stride - room, 0)
