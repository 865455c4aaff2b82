"""Operators that run together, as stages on tensors: what is striped, without any IR.

Tensors are numbered: first what the group reads from DRAM, then what each stage makes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...machine_forms.stage import WINDOWED, Map, Stage


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


@dataclass(frozen=True)
class Graph:
    """A group: the maps that it reads and its operators; the last makes its result.

    Maps are [1, rows, columns, channels].
    """

    inputs: tuple[Map, ...]
    operators: tuple[Operator, ...]

    @cached_property
    def maps(self) -> Sequence[Map]:
        """Every tensor."""
        return [*self.inputs, *(operator.stage.ofm for operator in self.operators)]

    @property
    def result(self) -> int:
        """The tensor that leaves the group."""
        return len(self.maps) - 1

    def tensor_of(self, number: int) -> int:
        """What operator `number` makes."""
        return len(self.inputs) + number

    @cached_property
    def readers(self) -> Sequence[Sequence[int]]:
        """Of every tensor, the operators that read it."""
        return [
            [n for n, operator in enumerate(self.operators) if tensor in operator.reads]
            for tensor in range(len(self.maps))
        ]

    def reading(self, tensor: int) -> Iterator[Operator]:
        """The operators that read a tensor."""
        return (self.operators[number] for number in self.readers[tensor])

    @cached_property
    def borders(self) -> Sequence[tuple[int, int]]:
        """Columns of padding beside each tensor on chip: as many as any reader wants.

        On its left, and on its right.
        """
        found: list[tuple[int, int]] = []
        for tensor in range(len(self.maps)):
            sides = [(0, 0), *(operator.sides for operator in self.reading(tensor))]
            left, right = zip(*sides, strict=True)
            found.append((max(left), max(right)))
        return found
