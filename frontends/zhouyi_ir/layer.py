"""A layer of an IR, and where its constants come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...errors import AipuError
from ..draws import Part
from ..layers.graph import Layer
from .block import Block
from .constants import has_constant, read_constant

INPUT, OUTPUT = "Input", "Output"
"""The layers at both ends; the IR itself has none of the second type."""

PLAIN = "nn.weight"
"""A constant of integers that stand for themselves: the IR itself has none."""

STRUCTURE = ("layer_name", "layer_type", "layer_bottom", "layer_top")

CONSTANTS: Mapping[Part, str] = {
    Part.WEIGHT: "weights",
    Part.BIAS: "biases",
    Part.GAIN: "weights",
    Part.OFFSET: "biases",
    Part.SLOPE: "negative_slope",
}
"""What the IR calls the parts of a layer."""


@dataclass(frozen=True)
class IrLayer(Layer):
    """`block` is what the text says of the layer."""

    block: Block = field(default_factory=lambda: Block({}))

    @property
    def place(self) -> str:
        return f"{self.block.place()}: layer '{self.name}' ({self.operator})"


def read_layers(blocks: Sequence[Block]) -> list[IrLayer]:
    """The layers of a text.

    Raises:
        AipuError: a layer lacks its name, type, inputs or outputs, or two layers have
            one name.
    """
    layers: list[IrLayer] = []
    names: set[str] = set()
    for block in blocks:
        name, operator = block.text("layer_name"), block.text("layer_type")
        bottoms, tops = block.words("layer_bottom"), block.words("layer_top")
        if name in names:
            raise block.wrong("layer_name", "two layers have one name")
        if not tops or len(block.lists("layer_top_shape")) != len(tops):
            raise block.wrong("layer_top_shape", f"expected a shape for each of {tops}")
        names.add(name)
        layers.append(IrLayer(name, operator, tuple(bottoms), tuple(tops), block))
    return layers


@dataclass(frozen=True)
class IrWeights:
    """Real constants, by the names of the layers that have them."""

    blocks: Mapping[str, Block]
    data: bytes

    def take(
        self, layer: Layer, part: Part, shape: Sequence[int]
    ) -> NDArray[np.float32]:
        """A constant of a layer.

        Raises:
            AipuError: it holds integers, or has another shape.
        """
        name = CONSTANTS[part]
        block = self.blocks[layer.name]
        array = read_constant(block, name, self.data)
        if array.dtype.kind != "f":
            raise AipuError(
                f"'{name}' holds {array.dtype}, expected reals", place=layer.place
            )
        if array.size != prod(shape):
            raise block.wrong(f"{name}_shape", f"expected the shape {list(shape)}")
        return array.astype(np.float32, copy=False).reshape(shape)


def needs_constants(layers: Sequence[IrLayer]) -> bool:
    """Whether any layer has constants in the other file."""
    return any(
        has_constant(layer.block, name)
        for layer in layers
        for name in (*CONSTANTS.values(), "lut", "scale")
    )
