"""How an operator runs in tiles: by one schedule, or by many that differ in them."""

from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ....backend_aipu.counts import Ints
from ....dialects.tile import GroupSchedule

Extent = TypeVar("Extent", int, Ints, covariant=True)


class Tiling(Protocol[Extent]):
    """What planners read of a `GroupSchedule`, or of `Tilings`."""

    @property
    def order(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> Extent: ...
    @property
    def columns(self) -> Extent: ...
    @property
    def channels(self) -> Extent: ...
    @property
    def depth(self) -> Extent: ...
    @property
    def dataflow(self) -> str: ...
    @property
    def slots(self) -> int: ...


@dataclass(frozen=True)
class Tilings:
    """Schedules of which only the tiles differ.

    tiles: the rows, columns, channels and depth of each, int64 [4, schedules].
    """

    order: tuple[str, ...]
    tiles: Ints
    dataflow: str
    slots: int

    @property
    def rows(self) -> Ints:
        return self.tiles[0]

    @property
    def columns(self) -> Ints:
        return self.tiles[1]

    @property
    def channels(self) -> Ints:
        return self.tiles[2]

    @property
    def depth(self) -> Ints:
        return self.tiles[3]

    def __len__(self) -> int:
        return self.tiles.shape[1]

    def where(self, holds: NDArray[np.bool_]) -> "Tilings":
        """Those for which a condition holds, bool [schedules]."""
        return replace(self, tiles=self.tiles.compress(holds, axis=1))

    def __getitem__(self, place: int) -> GroupSchedule:
        """One of them."""
        rows, columns, channels, depth = self.tiles[:, place].tolist()
        return GroupSchedule(
            self.order, rows, columns, channels, depth, self.dataflow, self.slots
        )
