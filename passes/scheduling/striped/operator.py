"""An operator of a striped group: which rows it reads for those that it makes."""

from dataclasses import dataclass

from ...machine_forms.stage import WINDOWED, Stage


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

    def first_row(self, row: int) -> int:
        """The first row that it reads for row `row` of its result; may be padding."""
        if not self.is_windowed:
            return row
        return row * self.stage.window.stride[0] - self.top

    def end_row(self, end: int) -> int:
        """Behind the last row that it reads for the first `end` rows of its result."""
        if not self.is_windowed:
            return end
        return self.first_row(end - 1) + self.stage.window.reach(0, 1)
