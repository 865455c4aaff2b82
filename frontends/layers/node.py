"""One layer on its way to `nn`: the blobs that it reads, and its weights."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Generic, Protocol

import numpy as np
from numpy.typing import NDArray
from xdsl.ir import SSAValue

from ...dialects import nn
from ...errors import AipuError
from ..draws import Draws, Part
from ..limits import LARGEST
from ..node import Positional
from .graph import AnyLayer, Layer

Array = NDArray[np.float32]


class Weights(Protocol):
    """Where the weights of layers come from."""

    def take(self, layer: Layer, part: Part, shape: Sequence[int]) -> Array:
        """The next weight of a layer.

        Raises:
            AipuError: there is none, or it has another size.
        """
        ...


@dataclass
class StoredWeights:
    """Weights in the order in which a file holds them, by the names of the layers."""

    arrays: dict[str, list[np.ndarray]]
    remedy: str = ""

    def take(self, layer: Layer, part: Part, shape: Sequence[int]) -> Array:
        left = self.arrays.get(layer.name, [])
        if not left:
            raise AipuError(
                f"its {part.value} is missing in the file",
                place=layer.place,
                remedy=self.remedy,
            )
        array = left.pop(0)
        if array.size != prod(shape):
            raise AipuError(
                f"its {part.value} has {array.size} elements in the file, expected "
                f"the shape {list(shape)}",
                place=layer.place,
            )
        return array.reshape(shape)


@dataclass
class DrawnWeights:
    """Random weights; `rectified` and `damped` are blobs, as in `tensor_roles.py`."""

    draws: Draws
    rectified: set[str]
    damped: set[str]
    _taken: Counter[str] = field(default_factory=Counter)

    def take(self, layer: Layer, part: Part, shape: Sequence[int]) -> Array:
        name = f"{layer.name}/{part.value}"
        self._taken[name] += 1
        return self.draws.part(
            f"{name}.{self._taken[name]}",
            part,
            shape,
            fan_in=prod(shape[1:]),
            rectified=bool(self.rectified.intersection(layer.reads)),
            damped=bool(self.damped.intersection(layer.writes)),
        )


class NoWeightsError(AipuError):
    """A model has no weights, a layer takes some, and none are to be drawn."""


@dataclass(frozen=True)
class NoWeights:
    """A file without any, which is enough for layers that take none."""

    remedy: str

    def take(self, layer: Layer, part: Part, shape: Sequence[int]) -> Array:
        raise NoWeightsError(
            f"the model has no weights, and this layer takes a {part.value}",
            place=layer.place,
            remedy=self.remedy,
        )


class UnknownWeights:
    """Zeros, where only the shapes of blobs are wanted."""

    def take(self, layer: Layer, part: Part, shape: Sequence[int]) -> Array:
        return np.zeros(shape, np.float32)


@dataclass
class LayerNode(Positional, Generic[AnyLayer]):
    """What a converter works with; a format's own node also reads its parameters."""

    layer: AnyLayer
    weights: Weights

    @property
    def place(self) -> str:
        return self.layer.place

    @property
    def bottoms(self) -> list[SSAValue]:
        """The blobs that the layer reads."""
        return [self.operand(value) for value in self.inputs if value is not None]

    def bottom(self, position: int = 0) -> SSAValue:
        """A blob that must be there."""
        return self.tensor(position)

    def stored(self, part: Part, shape: Sequence[int]) -> Array:
        """The next weight of this layer."""
        if min(shape, default=1) < 1:
            raise self.wrong(f"a {part.value} of the shape {list(shape)}")
        if prod(shape) > LARGEST:
            raise self.wrong(f"a {part.value} of {prod(shape)} elements")
        return self.weights.take(self.layer, part, shape)

    def kept(self, part: Part, array: np.ndarray) -> SSAValue:
        """A weight as an operand, kept as `<layer>/<part>`."""
        return self.weight(f"{self.name}/{part.value}", array)

    def stored_per_channel(self, part: Part, channels: int) -> SSAValue:
        """The next weight, one number a channel."""
        return self.kept(part, self.stored(part, (channels,)))

    def check_channels(self, channels: int) -> None:
        """The bottom must have so many: axis 1."""
        found = nn.shape(self.bottom())[1]
        if channels != found:
            raise self.wrong(f"numbers for {channels} channels of {found}")

    def scalar(self, name: str, value: float) -> SSAValue:
        """A number as an operand."""
        return self.weight(f"{self.name}/{name}", np.array(value))
