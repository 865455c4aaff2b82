"""Operators that make a tensor of nothing, or of constants."""

from collections.abc import Callable
from math import prod

import numpy as np

from ....dialects import nn
from ...constant import Constant, Value
from ...limits import LARGEST
from ..elements import as_type
from ..node import Node


def filled(name: str, default: float | None = None) -> Callable[[Node], Constant]:
    """A tensor of one number: `fill_value`, or always the same."""

    def convert(node: Node) -> Constant:
        node.ignore("self")
        shape = node.integers(name)
        number = node.value("fill_value") if default is None else None
        value = default if number is None else _constant(node, number).array.item()
        return _full(node, shape, value)

    return convert


def filled_like(default: float | None = None) -> Callable[[Node], Constant]:
    """The same, in the shape of another tensor."""

    def convert(node: Node) -> Constant:
        other = node.value("self")
        shape = other.array.shape if isinstance(other, Constant) else nn.shape(other)
        number = node.value("fill_value") if default is None else None
        value = default if number is None else _constant(node, number).array.item()
        return _full(node, list(shape), value)

    return convert


def _full(node: Node, shape: list[int], value: float | None) -> Constant:
    if min(shape, default=1) < 0 or prod(shape) > LARGEST:
        raise node.wrong(f"a tensor of the shape {shape}")
    return _typed(node, np.full(shape, value))


def _constant(node: Node, value: Value) -> Constant:
    if not isinstance(value, Constant):
        raise node.unsupported("a tensor of a number that is computed")
    return value


def _typed(node: Node, array: np.ndarray) -> Constant:
    """With elements of the type that the node asks for; reals are f32."""
    kind = node.dtype()
    if kind is not None:
        return Constant(node.name, as_type(array, kind))
    narrow = array.astype(np.float32) if array.dtype.kind == "f" else array
    return Constant(node.name, narrow)


def steps(node: Node) -> Constant:
    """Numbers from `start` to before `end`."""
    start, end, step = (
        node.constant(name).array.item() if node.has(name) else default
        for name, default in (("start", 0), ("end", 0), ("step", 1))
    )
    if step == 0 or (end - start) / step > LARGEST:
        raise node.wrong(f"numbers from {start} to {end} in steps of {step}")
    return _typed(node, np.arange(start, end, step))


def scalar(node: Node) -> Constant:
    return _typed(node, np.array(node.constant("s").array))


def triangle(
    keep: Callable[[np.ndarray, int], np.ndarray],
) -> Callable[[Node], Constant]:
    """Part of each matrix of a constant, zeros elsewhere."""

    def convert(node: Node) -> Constant:
        found = node.constant("self")
        return Constant(found.name, keep(found.array, node.integer("diagonal", 0)))

    return convert


CONVERTERS = {
    "empty": filled("size", 0),
    "new_empty": filled("size", 0),
    "empty_like": filled_like(0),
    "full": filled("size"),
    "zeros": filled("size", 0),
    "ones": filled("size", 1),
    "new_full": filled("size"),
    "new_zeros": filled("size", 0),
    "new_ones": filled("size", 1),
    "full_like": filled_like(),
    "zeros_like": filled_like(0),
    "ones_like": filled_like(1),
    "scalar_tensor": scalar,
    "arange": steps,
    "tril": triangle(np.tril),
    "triu": triangle(np.triu),
}
