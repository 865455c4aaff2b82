"""One layer on its way to `nn`: its attributes and its constants."""

from dataclasses import dataclass

import numpy as np
from xdsl.ir import SSAValue

from ...dialects.nn.shapes import Shape
from ..layers.node import LayerNode
from ..vocabulary.windows import Pair, Window
from .block import Block
from .constants import has_constant, read_constant
from .layer import IrLayer


@dataclass
class IrNode(LayerNode[IrLayer]):
    """What a converter works with.

    data: the file of constants.
    unchanged: the inputs have the shapes that the text says, but for the batch.
    """

    data: bytes = b""
    unchanged: bool = True

    @property
    def block(self) -> Block:
        """What the text says of the layer."""
        return self.layer.block

    def holds(self, constant: str) -> bool:
        """Whether the layer has a constant of this name."""
        return has_constant(self.block, constant)

    def array(self, constant: str) -> np.ndarray:
        """A constant as it is stored."""
        return read_constant(self.block, constant, self.data)

    def method(self) -> str:
        """What the layer does, among what its type can do."""
        return self.block.text("method").upper()

    def activation(self) -> str:
        """What is done to each element at the end."""
        return self.block.text("with_activation", "NONE").upper()

    def top_shape(self, position: int = 0) -> Shape:
        """What the text says of the shape of a top; of its batch, if that changed."""
        shapes = self.block.lists("layer_top_shape")
        extents = shapes[position] if position < len(shapes) else []
        if min(extents, default=1) < 1:
            raise self.wrong(f"a top of the shape {extents}")
        before, after = self.batch.before, self.batch.after
        if before != after and extents and extents[0] == before:
            extents = [after, *extents[1:]]
        return tuple(extents)

    def sizes(self, name: str, default: int | None = None) -> Pair:
        """The attributes `<name>_y` and `<name>_x`."""
        rows, columns = (
            self.block.integer(f"{name}_{axis}", default) for axis in ("y", "x")
        )
        return rows, columns

    def pads(self) -> tuple[int, int, int, int]:
        """[top, left, bottom, right]."""
        top, left, bottom, right = (
            self.block.integer(f"pad_{side}", 0)
            for side in ("top", "left", "bottom", "right")
        )
        return top, left, bottom, right

    def window(self) -> Window:
        """How a kernel slides."""
        return Window(
            kernel=self.sizes("kernel"),
            stride=self.sizes("stride", 1),
            dilation=self.sizes("dilation", 1),
            pad=self.pads(),
            ceil_pad=(0, 0),
        )

    def lhs_rhs(self) -> tuple[SSAValue, SSAValue]:
        """The two bottoms of a layer that has two."""
        if len(self.bottoms) != 2:
            raise self.wrong(f"it reads {len(self.bottoms)} tensors, expected 2")
        return self.bottoms[0], self.bottoms[1]
