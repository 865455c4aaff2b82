"""Operators that run together, as stages on tensors: what is striped, without any IR.

Tensors are numbered: first what the group reads from DRAM, then what each stage makes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from ...machine_forms.stage import Map, View
from .held import Held, What
from .kept import Kept
from .operator import Operator, Sweep

Stays = tuple[tuple[int, Kept], ...]
"""Tensors that stay on chip before or after a group, by their numbers, and how."""


class Lines(NamedTuple):
    """What of a graph decides which rows are made when.

    heights: the rows of each tensor.
    operators: which tensors each reads, and which rows of these.
    also: what leaves the graph besides its result.
    """

    heights: tuple[int, ...]
    operators: tuple[tuple[tuple[int, ...], Sweep], ...]
    also: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """A group: the maps that it reads and its operators; the last makes its result.

    Maps are [images, rows, columns, channels], as many images in all of them; `views`
    say where those of the inputs lie in DRAM, if not in order. `kept` are the inputs,
    and the result, that stay on chip before or after the group, by the number of the
    tensor; `held` the constants that do. Others read what operators make `also`, which
    leaves the group as the result does.
    """

    inputs: tuple[Map, ...]
    operators: tuple[Operator, ...]
    views: tuple[View, ...] = ()
    kept: Stays = ()
    held: tuple[Held, ...] = ()
    also: tuple[int, ...] = ()

    @cached_property
    def maps(self) -> Sequence[Map]:
        """Every tensor."""
        return [*self.inputs, *(operator.stage.ofm for operator in self.operators)]

    @cached_property
    def lines(self) -> Lines:
        """Its rows."""
        heights = tuple(rows for _, rows, _, _ in self.maps)
        operators = tuple((each.reads, each.sweep) for each in self.operators)
        return Lines(heights, operators, self.also)

    @property
    def images(self) -> int:
        """How many images each tensor has."""
        return self.inputs[0][0]

    def view(self, tensor: int) -> View:
        """Where the elements of a tensor lie in DRAM, if it is there."""
        if tensor < len(self.views):
            return self.views[tensor]
        return View.dense(self.maps[tensor])

    def pieces(self, tensor: int) -> Literal["pixels", "rows", "maps"]:
        """What of a tensor are bytes that follow each other in DRAM."""
        _, _, columns, channels = self.maps[tensor]
        _, row, pixel, _ = self.view(tensor).strides
        if pixel != channels:
            return "pixels"
        return "rows" if row != columns * channels else "maps"

    @property
    def result(self) -> int:
        """The tensor that leaves the group last."""
        return len(self.maps) - 1

    @property
    def results(self) -> tuple[int, ...]:
        """All tensors that leave the group."""
        return (*self.also, self.result)

    def kept_as(self, tensor: int) -> Kept | None:
        """How a tensor stays on chip, if it does."""
        return dict(self.kept).get(tensor)

    def held_by(self, number: int, what: What) -> Held | None:
        """The weights or the parameters of operator `number`, if they are held."""
        return next(
            (h for h in self.held if h.what == what and number in h.operators), None
        )

    def comes_with(self, number: int, what: What) -> bool:
        """Whether those of operator `number` come with it: what is held does with the
        first that takes it.
        """
        held = self.held_by(number, what)
        return held is None or (held.comes and number == held.first)

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
    def caps(self) -> Sequence[tuple[int, int]]:
        """Rows of padding above each tensor and below it: as many as a reader wants."""
        found: list[tuple[int, int]] = []
        for tensor in range(len(self.maps)):
            caps = [(0, 0), *((each.top, each.bottom) for each in self.reading(tensor))]
            above, below = zip(*caps, strict=True)
            found.append((max(above), max(below)))
        return found

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

    def width(self, tensor: int) -> int:
        """Columns of a window on a tensor, those of padding among them."""
        return self.maps[tensor][2] + sum(self.borders[tensor])

    def is_filled(self, tensor: int) -> bool:
        """Whether what an operator makes lies in padding that is filled before it is:
        above it or beside it. What is below comes after it.
        """
        above, _ = self.caps[tensor]
        return above > 0 or any(self.borders[tensor])
