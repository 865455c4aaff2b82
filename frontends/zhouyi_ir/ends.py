"""Both ends of a network: inputs and outputs are reals, whatever is in between.

A tensor of integers that the network begins with is quantised by a layer of its own,
and one that it ends with is dequantised by another; they write over the tensor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..cut_names import CutNames
from ..input_shapes import Extents
from .block import Block
from .elements import element_of
from .layer import INPUT, OUTPUT, IrLayer
from .values import value_text

OF_TOPS = (
    "layer_top",
    "layer_top_shape",
    "layer_top_type",
    "layer_top_range",
    "layer_top_scale",
    "layer_top_zp",
)
"""Keys with a list of one value for each top."""


@dataclass(frozen=True)
class Ended:
    """Layers from inputs to outputs, both in reals; `fed` are the inputs' extents."""

    layers: Sequence[IrLayer]
    fed: dict[str, Extents | None]


def ended(
    layers: Sequence[IrLayer], inputs: Sequence[str], outputs: Sequence[str]
) -> Ended:
    """Put the ends where they belong.

    Args:
        layers: of the whole text, with those of the type `Input`.
        inputs: tensors to cut the network at; none for those of the text.
        outputs: the tensors that it ends with.
    """
    writers = {top: layer for layer in layers for top in layer.writes}
    fed: dict[str, Extents | None] = {}
    between: list[IrLayer] = []
    for layer in layers:
        begins = [
            name for name in layer.writes if name in inputs or layer.operator == INPUT
        ]
        if layer.operator != INPUT:
            between.append(without_tops(layer, begins))
        for name in begins:
            end = end_layer(INPUT, layer, name)
            fed[name] = end.block.lists("layer_top_shape")[0]
            between.append(end)
    ends = [end_layer(OUTPUT, writers[name], name) for name in outputs]
    return Ended([*between, *ends], fed)


def cut_names(layers: Sequence[IrLayer]) -> CutNames:
    """Where a network can be cut."""
    tops = {top for layer in layers for top in layer.writes}
    return CutNames(tops, {layer.name: layer.writes for layer in layers})


def without_tops(layer: IrLayer, names: Sequence[str]) -> IrLayer:
    """A layer that writes none of these tensors any more, but others in their place."""
    tops = tuple(f"{name}/cut" if name in names else name for name in layer.writes)
    return replace(layer, writes=tops)


def end_layer(operator: str, writer: IrLayer, name: str) -> IrLayer:
    """A layer that takes the tensor `name` of `writer` to integers, or to reals."""
    block, position = writer.block, writer.writes.index(name)
    fields = dict(block.fields)
    for key in OF_TOPS:
        if key in block:
            fields[key] = value_text([one_of(block, key, position)])
    named = writer.name if operator == INPUT else f"{writer.name}/output"
    end = Block(fields, block.file, block.line)
    element_of(end)
    return IrLayer(named, operator, (name,), (name,), end)


def one_of(block: Block, key: str, position: int) -> str:
    """The text of one value of a list."""
    parts = split_list(block.text(key))
    if position >= len(parts):
        raise block.wrong(key, "expected one value for each top")
    return parts[position]


def split_list(text: str) -> list[str]:
    """The texts of the values of a list; values may be lists."""
    parts: list[str] = [""]
    depth = 0
    for character in text.strip()[1:-1]:
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
