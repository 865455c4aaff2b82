"""Seeing one tensor through another: transposes and reshapes as arithmetic on axes.

A view says how the dimensions of a tensor lie in a stored tensor. A feature map
[N, C, H, W] that is stored as [N, H, W, C] is

    AxisView(axes=(N, H, W, C), groups=((0,), (3,), (1,), (2,)))

and flattened to [N, C * H * W] it is still stored so, with groups ((0,), (3, 1, 2)).
Nothing moves until the view is `placed`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

Shape = tuple[int, ...]


class Placement(NamedTuple):
    """How to make a tensor of what is stored: reshape, transpose, reshape.

    `permutation` is None where no element moves; the last reshape then does it all.
    """

    axes: Shape
    permutation: tuple[int, ...] | None
    shape: Shape


@dataclass(frozen=True)
class AxisView:
    """Dimension i of a tensor is the axes `groups[i]` of a stored one, major first.

    `axes` are the extents of the stored tensor. One of extent 1 is in no group: it may
    stand anywhere.
    """

    axes: Shape
    groups: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, shape: Shape) -> "AxisView":
        """A tensor that is stored as it is."""
        return cls.make(shape, [(axis,) for axis in range(len(shape))])

    @classmethod
    def make(cls, axes: Sequence[int], groups: Sequence[Sequence[int]]) -> "AxisView":
        """A view whose groups may name axes of extent 1."""
        wide = (tuple(axis for axis in group if axes[axis] > 1) for group in groups)
        return cls(tuple(axes), tuple(wide))

    @property
    def shape(self) -> Shape:
        """The extents of the dimensions."""
        return tuple(prod(self.axes[axis] for axis in group) for group in self.groups)

    @property
    def order(self) -> tuple[int, ...]:
        """The axes in the order of the dimensions."""
        return tuple(axis for group in self.groups for axis in group)

    @property
    def is_natural(self) -> bool:
        """Whether the tensor is stored as it is."""
        return self == AxisView.of(self.shape)

    @property
    def is_in_order(self) -> bool:
        """Whether the elements are stored in order, if perhaps in another shape."""
        return list(self.order) == sorted(self.order)

    def has_axes(self, dimensions: Collection[int]) -> bool:
        """Whether each of these dimensions is exactly one axis."""
        return all(len(self.groups[dimension]) == 1 for dimension in dimensions)

    def spread(self, values: Sequence[int], otherwise: Sequence[int]) -> Shape:
        """From one value a dimension to one an axis, for dimensions of one axis."""
        spread = list(otherwise)
        for group, value in zip(self.groups, values, strict=True):
            if len(group) == 1:
                spread[group[0]] = value
        return tuple(spread)

    def resized(self, dimension: int, extent: int) -> "AxisView":
        """The same view where a dimension, one axis, has another extent."""
        (changed,) = self.groups[dimension]
        axes = list(self.axes)
        axes[changed] = extent
        return AxisView(tuple(axes), self.groups)

    def reduced(self, dimensions: Collection[int], *, keep: bool) -> "AxisView":
        """What is left of some dimensions: extents of 1, or nothing."""
        gone = {axis for dimension in dimensions for axis in self.groups[dimension]}
        if keep:
            axes = [1 if i in gone else extent for i, extent in enumerate(self.axes)]
            return AxisView.make(axes, self.groups)
        left = [axis for axis in range(len(self.axes)) if axis not in gone]
        groups = [
            [left.index(axis) for axis in group]
            for dimension, group in enumerate(self.groups)
            if dimension not in dimensions
        ]
        return AxisView.make([self.axes[axis] for axis in left], groups)

    def transpose(self, permutation: Sequence[int]) -> "AxisView":
        """The view whose dimension i is this one's dimension `permutation[i]`."""
        return AxisView(self.axes, tuple(self.groups[axis] for axis in permutation))

    def reshape(self, shape: Shape) -> "AxisView | None":
        """The elements in order, in another shape; None if that cuts across an axis.

        Dimensions are joined freely, and split where an axis can be cut into whole
        parts.
        """
        pending = [(axis, self.axes[axis]) for axis in reversed(self.order)]
        parts: list[list[int]] = [[] for _ in self.axes]
        pieces: list[list[tuple[int, int]]] = []
        for extent in shape:
            pieces.append([])
            while extent > 1:
                axis, available = pending.pop()
                part = min(extent, available)
                if extent % part or available % part:
                    return None
                pieces[-1].append((axis, len(parts[axis])))
                parts[axis].append(part)
                extent //= part
                if available > part:
                    pending.append((axis, available // part))
        return _cut(parts, pieces)

    def arranged(self, like: "AxisView") -> "AxisView | None":
        """This tensor with one dimension for each axis of `like`, in that order.

        Both have as many dimensions. One of extent 1 is broadcast: all its axes are 1.
        The others are cut as `like` cuts them; None if they cannot be.
        """
        extents = [
            like.axes[axis] if extent > 1 else 1
            for group, extent in zip(like.groups, self.shape, strict=True)
            for axis in group
        ]
        cut = self.reshape(tuple(extents))
        if cut is None:
            return None
        where = dict(zip(like.order, cut.groups, strict=True))
        groups = (where.get(axis, ()) for axis in range(len(like.axes)))
        return AxisView(cut.axes, tuple(groups))

    def placed(self) -> Placement:
        """How to make the tensor of what is stored.

        Where every dimension is one axis, a transpose alone does it.
        """
        if self.is_in_order:
            return Placement(self.axes, None, self.shape)
        units = [axis for axis, extent in enumerate(self.axes) if extent == 1]
        if len(self.axes) == len(self.groups) and max(map(len, self.groups)) < 2:
            spare = iter(units)
            permutation = [group[0] if group else next(spare) for group in self.groups]
        else:
            permutation = [*units, *self.order]
        return Placement(self.axes, tuple(permutation), self.shape)


def _cut(parts: list[list[int]], pieces: list[list[tuple[int, int]]]) -> AxisView:
    """The view where axis a is cut into `parts[a]`; pieces are (axis, part)."""
    axes: list[int] = []
    first: list[int] = []
    for extents in parts:
        first.append(len(axes))
        axes += extents or [1]
    groups = [[first[axis] + part for axis, part in group] for group in pieces]
    return AxisView(tuple(axes), tuple(map(tuple, groups)))
