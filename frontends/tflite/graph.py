"""A TFLite graph in plain data: its tensors, and its operators in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...dialects.nn.shapes import Shape

Option = bool | int | float | str | tuple[int, ...]
"""A number, the schema's name of an enumerated one, or a list of integers."""


@dataclass(frozen=True)
class Quantisation:
    """`real = scale * (stored - zero_point)`, one of each, or one along `axis`."""

    scale: NDArray[np.float32]
    zero_point: NDArray[np.int64]
    axis: int

    def along(self, values: np.ndarray, rank: int) -> np.ndarray:
        """Scales or zero points, so that they broadcast to a tensor of this rank."""
        if values.size == 1:
            return values.reshape(())
        extents = [1] * rank
        extents[self.axis] = values.size
        return values.reshape(extents)


@dataclass(frozen=True)
class Tensor:
    """What the file says of a tensor.

    `kind` is the schema's name of its element type, `array` its elements if it is a
    constant. A `variable` keeps its elements from one run to the next, and begins
    with zeros.
    """

    name: str
    shape: Shape
    kind: str
    array: np.ndarray | None
    quantisation: Quantisation | None
    variable: bool


@dataclass(frozen=True)
class Operator:
    """One operator, by the tensors that it reads; an optional one left out is empty.

    `kind` is the schema's name of a builtin operator, or that of a custom one;
    `options` go by their names in the schema, `custom_options` are of a custom one.
    """

    kind: str
    inputs: Sequence[str]
    writes: Sequence[str]
    options: Mapping[str, Option]
    custom_options: bytes

    @property
    def reads(self) -> list[str]:
        """The inputs that are there."""
        return [name for name in self.inputs if name]

    @property
    def name(self) -> str:
        """The first name of the first tensor that it writes.

        Converters join the names of all operators that they have fused: `last;first`.
        """
        return "".join(self.writes[:1]).partition(";")[0]

    @property
    def place(self) -> str:
        """What an error calls it: TFLite names tensors only."""
        return f"node '{self.name}' ({self.kind})"


@dataclass(frozen=True)
class Graph:
    """Tensors by name, and operators that each come after those that they read."""

    tensors: Mapping[str, Tensor]
    operators: Sequence[Operator]
    inputs: Sequence[str]
    outputs: Sequence[str]
