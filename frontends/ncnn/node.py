"""One ncnn layer on its way to `nn`: its parameters, and axes without a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TypeVar

from xdsl.ir import SSAValue

from ...dialects import nn
from ..layers.node import LayerNode
from .param_file import NcnnLayer, integer, integers, reals

Chosen = TypeVar("Chosen")

ABSENT = -233
"""Stands for no number in parameters."""

HINTS = {30}
"""Parameters that say what follows from the others: the shapes of the tops."""


@dataclass
class NcnnNode(LayerNode[NcnnLayer]):
    """What a converter works with.

    Converters read every parameter they know; one that is never read is unsupported.
    """

    _read: set[int] = field(default_factory=lambda: set(HINTS))

    def says(self, number: int) -> bool:
        """Whether a parameter is given."""
        return number in self.layer.parameters

    def integer(self, number: int, default: int = 0) -> int:
        self._read.add(number)
        return integer(self.layer, number, default)

    def flag(self, number: int, default: bool = False) -> bool:
        return bool(self.integer(number, int(default)))

    def integers(self, number: int) -> list[int]:
        self._read.add(number)
        return integers(self.layer, number)

    def real(self, number: int, default: float = 0.0) -> float:
        """A parameter; the largest float32 stands for infinity."""
        value = (self.reals(number) or [default])[0]
        return value if abs(value) < 3.4e38 else inf if value > 0 else -inf

    def reals(self, number: int) -> list[float]:
        self._read.add(number)
        return reals(self.layer, number)

    def ignore(self, *numbers: int) -> None:
        """These parameters make no difference to the values."""
        self._read.update(numbers)

    def choice(
        self, number: int, choices: Mapping[int, Chosen], default: int = 0
    ) -> Chosen:
        """What a parameter chooses."""
        value = self.integer(number, default)
        if value not in choices:
            raise self.unsupported(f"parameter {number} of {value}")
        return choices[value]

    def unread(self) -> str:
        found = [
            f"{number}={','.join(words)}"
            for number, words in self.layer.parameters.items()
            if number not in self._read
        ]
        return f"parameters {', '.join(found)}" if found else ""

    def rank(self, position: int = 0) -> int:
        """The dimensions of a bottom as ncnn counts them: without the batch."""
        return len(nn.shape(self.bottom(position))) - 1

    def own_axis(self, axis: int, rank: int) -> int:
        """An axis of ncnn's as one behind the batch."""
        return self.axis(axis, rank) + 1

    def image(self, position: int = 0) -> SSAValue:
        """A bottom that must be [N, C, H, W]."""
        if self.rank(position) != 3:
            raise self.unsupported(f"a blob of {self.rank(position)} dimensions")
        return self.bottom(position)
