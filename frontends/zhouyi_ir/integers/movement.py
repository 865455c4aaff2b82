"""Layers that move integers: as reals are moved, all but a padding and a concat."""

from collections.abc import Sequence

from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import Rescale, RescaleAttr
from ....dialects.quant import UniformType, quantisation
from ..elements import OFFSETS, top_type
from ..node import IrNode
from ..operators import Converter
from ..operators import movement as of_reals
from .site import bottom_element, in_range, top_element


def moved(converter: Converter) -> Converter:
    """A converter that keeps what the integers stand for."""

    def convert(node: IrNode) -> Sequence[SSAValue]:
        bottom_element(node)
        made = converter(node)
        results = [made] if isinstance(made, SSAValue) else made
        for position, value in enumerate(results[: len(node.layer.writes)]):
            if not same(quantisation(value), top_element(node, position)):
                raise node.unsupported("it changes the scale of what it moves")
        return results

    return convert


def same(one: UniformType | None, other: UniformType) -> bool:
    """Whether two types are equal, but for the last digits of their scales."""
    return (
        one is not None
        and one.zero_point == other.zero_point
        and abs(one.scale / other.scale - 1) < 1e-6
    )


def concat(node: IrNode) -> SSAValue:
    """Every part is brought to the scale of the whole."""
    element, count = top_element(node), len(node.bottoms)
    factors = numbers(node, "scale_value", 1, count)
    shifts = numbers(node, "shift_value", 0, count)
    parts: list[SSAValue] = []
    for position, value in enumerate(node.bottoms):
        before = bottom_element(node, position)
        (factor,), shift = in_range(node, [factors[position]], shifts[position])
        if (factor, shift) == (1, 0) and before == element:
            parts.append(value)
            continue
        change = RescaleAttr(Rescale((factor,), shift))
        parts.append(node.emit(nn.RequantiseOp(value, element, change)))
    axis = node.axis(node.block.integer("axis"), len(nn.shape(parts[0])))
    return node.emit(nn.ConcatOp(parts, axis))


def numbers(node: IrNode, key: str, default: int, count: int) -> list[int]:
    """One integer for each bottom."""
    found = node.block.integers(key) if key in node.block else [default] * count
    if len(found) != count:
        raise node.block.wrong(key, f"expected {count} integers")
    return found


def pad(node: IrNode) -> SSAValue:
    """What is filled in is written as an integer of the bottom."""
    element = bottom_element(node)
    if not same(element, top_element(node)):
        raise node.unsupported("it changes the scale of what it pads")
    stored = node.block.integer("constant_value", 0) - OFFSETS[top_type(node.block)]
    low, high = of_reals.pads(node)
    fill = element.scale * (stored - element.zero_point)
    return node.emit(nn.PadOp(node.bottom(), low, high, fill))


CONVERTERS: dict[str, Converter] = {
    **{name: moved(converter) for name, converter in of_reals.CONVERTERS.items()},
    "Concat": concat,
    "Pad": pad,
}
