"""What a scheduler sees of an operator: a stage on feature maps, without any IR.

A feature map is [images, rows, columns, channels]. Stages that treat every byte alike
see a map of one column and one channel, a row a byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto


class Kind(StrEnum):
    """How a stage walks its data; each has its own form of loops and tiles."""

    CONVOLUTION = auto()
    DEPTHWISE = auto()
    POOL = auto()
    ELEMENTWISE = auto()
    MOVE = auto()
    PERMUTE = auto()


WINDOWED = (Kind.CONVOLUTION, Kind.DEPTHWISE, Kind.POOL)
"""What reads rows and columns around those that it makes; others read these alone."""

Map = tuple[int, int, int, int]


@dataclass(frozen=True)
class Window:
    """Kernel, stride, dilation and pad; pad is [top, left, bottom, right]."""

    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    pad: tuple[int, int, int, int] = (0, 0, 0, 0)

    def reach(self, axis: int, count: int) -> int:
        """How many rows (axis 0) or columns (1) lie under `count` windows."""
        last = (self.kernel[axis] - 1) * self.dilation[axis]
        return (count - 1) * self.stride[axis] + last + 1

    @property
    def size(self) -> int:
        return self.kernel[0] * self.kernel[1]


@dataclass(frozen=True)
class View:
    """Bytes of a feature map as a tensor of four dimensions, from `offset` on."""

    shape: Map
    strides: Map
    offset: int = 0

    @classmethod
    def dense(cls, shape: Map) -> "View":
        """All of a feature map, in order."""
        _, rows, columns, channels = shape
        plane = rows * columns * channels
        return cls(shape, (plane, columns * channels, channels, 1))


@dataclass(frozen=True)
class Copy:
    """Part of a move: `target[i] = source[origin + i]`, and a fill outside of it."""

    input: int
    source: View
    origin: Map
    target: View

    @property
    def is_padded(self) -> bool:
        """Whether part of the target lies outside of the source."""
        return any(
            first < 0 or first + extent > limit
            for first, extent, limit in zip(
                self.origin, self.target.shape, self.source.shape, strict=True
            )
        )


@dataclass(frozen=True)
class ChannelSpan:
    """Channels of an operand, from `source` on, which are those of the ofm from
    `target` on.
    """

    source: int
    target: int
    channels: int


@dataclass(frozen=True)
class Stage:
    """One operator: what it reads, what it makes, and how much work it is.

    `mnemonic` is the instruction that does it, `operands` are that one's feature maps.
    `groups` are those of a convolution; `parameter_bytes` is what an operator needs
    beside weights; `ifm_view` is set where the ifm is not all bytes of its buffer in
    their order; `views` say so of every operand. What works `by_row`
    needs whole rows of channels. With a `computed_weight` the second input is the
    weight. A move has its `copies`; if it only joins channels, or takes some, a part of
    each operand. A permutation works on rows: the bytes of a row of the ofm, [x, y, z],
    lie `steps` apart in the row of the ifm.
    """

    name: str
    operator: str
    mnemonic: str
    kind: Kind
    ifm: Map
    ofm: Map
    operands: tuple[str, ...] = ("ifm",)
    window: Window = Window()
    groups: int = 1
    macs: int = 0
    weight_bytes: int = 0
    parameter_bytes: int = 0
    ifm_view: View | None = None
    views: tuple[View, ...] = ()
    by_row: bool = False
    computed_weight: bool = False
    copies: tuple[Copy, ...] = ()
    parts: tuple[ChannelSpan, ...] = ()
    box: tuple[int, int, int] = (1, 1, 1)
    steps: tuple[int, int, int] = (0, 0, 0)

    @property
    def weight_view(self) -> View:
        """The weights: [ofm channels, window, ifm channels of a group].

        Computed ones are others for every image.
        """
        depth = self.ifm[3] // self.groups
        images = self.ofm[0] if self.computed_weight else 1
        return View.dense((images, self.ofm[3], self.window.size, depth))

    @property
    def record(self) -> int:
        """Bytes of the parameters of a channel, of what multiplies."""
        return self.parameter_bytes // self.ofm[3]

    @property
    def kernel_name(self) -> str:
        """The window as people say it: `3x3`."""
        return f"{self.window.kernel[0]}x{self.window.kernel[1]}"


def as_map(extents: Sequence[int]) -> Map:
    """The extents of a feature map: four."""
    images, rows, columns, channels = extents
    return (images, rows, columns, channels)


def as_pair(values: Sequence[int]) -> tuple[int, int]:
    """Rows and columns."""
    rows, columns = values
    return (rows, columns)


def as_sides(values: Sequence[int]) -> tuple[int, int, int, int]:
    """Top, left, bottom and right."""
    top, left, bottom, right = values
    return (top, left, bottom, right)
