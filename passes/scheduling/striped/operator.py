"""An operator of a striped group: which rows it reads for those that it makes."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ....backend_aipu.counts import Count
from ...machine_forms.stage import WINDOWED, Stage


class Sweep(NamedTuple):
    """Windows down a map: so many rows apart, the first as far above it as `top` says,
    of so many `rows`.
    """

    stride: int
    top: int
    rows: int

    def first_row(self, row: Count) -> Count:
        """The first row of a window; may be padding."""
        return row * self.stride - self.top

    def end_row(self, end: Count) -> Count:
        """Behind the last row of the first `end` windows."""
        return self.first_row(end - 1) + self.rows


@dataclass(frozen=True)
class Operator:
    """A stage, and the tensors that it reads, in the order of its operands."""

    stage: Stage
    reads: tuple[int, ...]

    @property
    def is_windowed(self) -> bool:
        """Whether it reads rows around those that it makes."""
        return self.stage.kind in WINDOWED

    @property
    def top(self) -> int:
        """Rows of padding above the map that it reads."""
        return self.stage.window.pad[0] if self.is_windowed else 0

    @property
    def bottom(self) -> int:
        """Rows of padding below the map that it reads, as far as windows reach."""
        if not self.is_windowed:
            return 0
        return max(0, self.end_row(self.stage.ofm[1]) - self.stage.ifm[1])

    @property
    def sides(self) -> tuple[int, int]:
        """Columns of padding on the left and on the right, as far as windows reach."""
        if not self.is_windowed:
            return 0, 0
        left = self.stage.window.pad[1]
        reach = self.stage.window.reach(1, self.stage.ofm[2])
        return left, max(0, reach - left - self.stage.ifm[2])

    @cached_property
    def sweep(self) -> Sweep:
        """Which rows it reads."""
        if not self.is_windowed:
            return Sweep(1, 0, 1)
        window = self.stage.window
        return Sweep(window.stride[0], self.top, window.reach(0, 1))

    def first_row(self, row: Count) -> Count:
        """The first row that it reads for row `row` of its result; may be padding."""
        return self.sweep.first_row(row)

    def end_row(self, end: Count) -> Count:
        """Behind the last row that it reads for the first `end` rows of its result."""
        return self.sweep.end_row(end)
