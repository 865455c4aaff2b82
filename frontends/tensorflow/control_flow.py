"""Nodes that carry values about: branches, tensor arrays, lists and mere names."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ...errors import AipuError
from .node import Node
from .values import Constant, Dead, Elements, Value

MOST_ELEMENTS = 10_000
"""Of a tensor array; each may become a slice of its own."""

Carrier = Callable[[Node], Value | Sequence[Value]]


def same(node: Node) -> Value:
    return node.value(0)


def default(node: Node) -> Value:
    """A placeholder that is no input of the network."""
    name = node.definition.name
    node.warn(f"it is a constant, its default; --input {name} makes it an input")
    return node.value(0)


def all_same(node: Node) -> Sequence[Value]:
    return node.inputs


def switch(node: Node) -> Sequence[Value]:
    """The value leaves by output 1 if the predicate holds, else by output 0."""
    taken = bool(node.constant(1).array.all())
    return (Dead(), node.value(0)) if taken else (node.value(0), Dead())


def merge(node: Node) -> Sequence[Value]:
    """The input that is alive, and its number."""
    for number, value in enumerate(node.inputs):
        if not isinstance(value, Dead):
            which = Constant(node.definition.name, np.array(number, np.int32))
            return value, which
    return Dead(), Dead()


def array(node: Node) -> Sequence[Value]:
    """A new tensor array: its handle, and what it holds."""
    empty = _empty(node, node.constant_integer(0))
    return empty, empty


def array_write(node: Node) -> Value:
    """Handle, index, value, flow."""
    return _written(node, node.elements(3), node.constant_integer(1), node.value(2))


def array_read(node: Node) -> Value:
    """Handle, index, flow."""
    return _read(node, node.elements(2), node.constant_integer(1))


def array_scatter(node: Node) -> Value:
    """Handle, indices, value, flow: row i of the value goes to index i."""
    elements = node.elements(3)
    rows = unstacked(node, node.value(2))
    indices = node.constant_integers(1)
    if len(indices) != len(rows):
        raise node.wrong(f"{len(indices)} indices for {len(rows)} values")
    for index, row in zip(indices, rows, strict=True):
        elements = _written(node, elements, index, row)
    return elements


def array_gather(node: Node) -> Value:
    """Handle, indices, flow."""
    indices = node.constant_integers(1)
    elements = node.elements(2)
    return stacked(node, [_read(node, elements, index) for index in indices])


def array_size(node: Node) -> Value:
    """Handle, flow."""
    return _count(node, node.elements(1))


def list_reserve(node: Node) -> Value:
    """Shape of the elements, number."""
    return _empty(node, node.constant_integer(1))


def list_from_tensor(node: Node) -> Value:
    return Elements(unstacked(node, node.value(0)))


def list_get(node: Node) -> Value:
    return _read(node, node.elements(0), node.constant_integer(1))


def list_set(node: Node) -> Value:
    return _written(node, node.elements(0), node.constant_integer(1), node.value(2))


def list_stack(node: Node) -> Value:
    elements = node.elements(0)
    indices = range(len(elements.values))
    return stacked(node, [_read(node, elements, index) for index in indices])


def list_length(node: Node) -> Value:
    return _count(node, node.elements(0))


def stacked(node: Node, values: Sequence[Value]) -> Value:
    """Tensors of one shape along a new first axis."""
    constants = [value for value in values if isinstance(value, Constant)]
    if len(constants) == len(values):
        if len({constant.array.shape for constant in constants}) != 1:
            raise node.wrong("its elements are of different shapes")
        whole = np.stack([constant.array for constant in constants])
        return Constant(node.definition.name, whole)
    rows: list[SSAValue] = []
    for value in values:
        if isinstance(value, Constant):
            value = node.weight(value.name, value.array)
        if not isinstance(value, SSAValue):
            raise node.wrong("its elements are no tensors")
        rows.append(node.emit(nn.ReshapeOp(value, (1, *nn.shape(value)))))
    return rows[0] if len(rows) == 1 else node.emit(nn.ConcatOp(rows, 0))


def unstacked(node: Node, value: Value) -> list[Value]:
    """The parts of a tensor along its first axis."""
    if isinstance(value, Constant) and value.array.ndim:
        return [Constant(value.name, row) for row in value.array[:MOST_ELEMENTS]]
    if not isinstance(value, SSAValue) or not nn.shape(value):
        raise node.wrong("expected a tensor of rank 1 or more")
    count, *rest = nn.shape(value)
    if count > MOST_ELEMENTS:
        raise _too_many(node, count)
    rows: list[Value] = []
    for number in range(count):
        starts = (number, *[0] * len(rest))
        part = nn.SliceOp(value, starts, (1, *rest), [1] * (len(rest) + 1))
        rows.append(node.emit(nn.ReshapeOp(node.emit(part), rest)))
    return rows


def _empty(node: Node, count: int) -> Elements:
    if not 0 <= count <= MOST_ELEMENTS:
        raise _too_many(node, count)
    return Elements((None,) * count)


def _too_many(node: Node, count: int) -> AipuError:
    return node.unsupported(
        f"a tensor array of {count} elements, expected 0 to {MOST_ELEMENTS}"
    )


def _read(node: Node, elements: Elements, index: int) -> Value:
    if not 0 <= index < len(elements.values):
        raise node.wrong(f"index {index} of {len(elements.values)} elements")
    found = elements.values[index]
    if found is None:
        raise node.wrong(f"it reads element {index}, which was never written")
    return found


def _written(node: Node, elements: Elements, index: int, value: Value) -> Elements:
    """The elements with one more; an array without a size grows."""
    values = list(elements.values)
    if not 0 <= index < MOST_ELEMENTS:
        raise node.wrong(f"index {index} of {len(values)} elements")
    values += [None] * (index + 1 - len(values))
    values[index] = value
    return Elements(values)


def _count(node: Node, elements: Elements) -> Constant:
    return Constant(node.definition.name, np.array(len(elements.values), np.int32))


CARRIERS: Mapping[str, Carrier] = {
    "Identity": same,
    "IdentityN": all_same,
    "StopGradient": same,
    "PreventGradient": same,
    "CheckNumerics": same,
    "Snapshot": same,
    "PlaceholderWithDefault": default,
    "Enter": same,
    "Exit": same,
    "NextIteration": same,
    "LoopCond": same,
    "Switch": switch,
    "Merge": merge,
    "TensorArrayV3": array,
    "TensorArrayWriteV3": array_write,
    "TensorArrayReadV3": array_read,
    "TensorArrayScatterV3": array_scatter,
    "TensorArrayGatherV3": array_gather,
    "TensorArraySizeV3": array_size,
    "TensorListReserve": list_reserve,
    "TensorListFromTensor": list_from_tensor,
    "TensorListGetItem": list_get,
    "TensorListSetItem": list_set,
    "TensorListStack": list_stack,
    "TensorListLength": list_length,
}
