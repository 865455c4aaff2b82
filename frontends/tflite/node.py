"""One TFLite operator on its way to `nn`: what it reads, its options, what it emits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.ir import SSAValue

from ..constant import Constant, Value
from ..node import Positional
from .constant import Stored
from .graph import Operator, Tensor


@dataclass
class Node(Positional):
    """What a converter works with. `results` is what the file says of the outputs."""

    source: Operator
    results: Sequence[Tensor]

    def operand(self, value: Value) -> SSAValue:
        """A tensor as an operand; whole numbers need a scale."""
        if isinstance(value, Constant) and not self._stands_for_reals(value):
            raise self.unsupported(f"'{value.name}' holds integers without a scale")
        return super().operand(value)

    def _stands_for_reals(self, value: Constant) -> bool:
        numbers = value.array.dtype.kind not in "iub" or not value.array.ndim
        return numbers or isinstance(value, Stored)

    def integer(self, name: str, default: int | None = None) -> int:
        """An option; without a default it is required."""
        found = self.source.options.get(name, default)
        if not isinstance(found, int):
            raise self.wrong(f"its option '{name}' is missing")
        return found

    def positive(self, name: str) -> int:
        """An option that counts something."""
        found = self.integer(name)
        if found < 1:
            raise self.wrong(f"its option '{name}' must be positive, found {found}")
        return found

    def integers(self, name: str) -> list[int]:
        """An option; empty if it is not there."""
        found = self.source.options.get(name, ())
        return list(found) if isinstance(found, tuple) else []

    def real(self, name: str) -> float:
        """An option; as the shortest decimal that float32 holds as the same number."""
        found = self.source.options.get(name)
        if not isinstance(found, int | float):
            raise self.wrong(f"its option '{name}' is missing")
        return float(str(np.float32(found)))

    def text(self, name: str, default: str | None = None) -> str:
        """An enumerated option; without a default it is required."""
        found = self.source.options.get(name, default)
        if not isinstance(found, str):
            raise self.wrong(f"its option '{name}' is missing")
        return found
