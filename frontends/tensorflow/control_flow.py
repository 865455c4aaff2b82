"""Nodes that carry values about: branches, tensor arrays, lists and mere names."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from xdsl.ir import SSAValue

from ...errors import AipuError
from ..constant import Constant, Value
from ..limits import MOST_PARTS
from ..vocabulary import moving
from .node import Node
from .values import Dead, Elements, Output

Carrier = Callable[[Node], Output | Sequence[Output]]


def same(node: Node) -> Output:
    return node.output(0)


def default(node: Node) -> Output:
    """A placeholder that is no input of the network."""
    name = node.definition.name
    node.warn(f"it is a constant, its default; --input {name} makes it an input")
    return node.output(0)


def all_same(node: Node) -> Sequence[Output]:
    return node.inputs


def switch(node: Node) -> Sequence[Output]:
    """The value leaves by output 1 if the predicate holds, else by output 0."""
    taken = bool(node.constant(1).array.all())
    return (Dead(), node.output(0)) if taken else (node.output(0), Dead())


def merge(node: Node) -> Sequence[Output]:
    """The input that is alive, and its number."""
    for number, value in enumerate(node.inputs):
        if not isinstance(value, Dead):
            which = Constant(node.definition.name, np.array(number, np.int32))
            return value, which
    return Dead(), Dead()


def array(node: Node) -> Sequence[Output]:
    """A new tensor array: its handle, and what it holds."""
    empty = _empty(node, node.constant_integer(0))
    return empty, empty


def array_write(node: Node) -> Output:
    """Handle, index, value, flow."""
    return _written(node, node.elements(3), node.constant_integer(1), node.output(2))


def array_read(node: Node) -> Output:
    """Handle, index, flow."""
    return _read(node, node.elements(2), node.constant_integer(1))


def array_scatter(node: Node) -> Output:
    """Handle, indices, value, flow: row i of the value goes to index i."""
    elements = node.elements(3)
    rows = moving.unstacked(node, node.value(2), 0)
    indices = node.constant_integers(1)
    if len(indices) != len(rows):
        raise node.wrong(f"{len(indices)} indices for {len(rows)} values")
    for index, row in zip(indices, rows, strict=True):
        elements = _written(node, elements, index, row)
    return elements


def array_gather(node: Node) -> Output:
    """Handle, indices, flow."""
    indices = node.constant_integers(1)
    elements = node.elements(2)
    return stacked(node, [_read(node, elements, index) for index in indices])


def array_size(node: Node) -> Output:
    """Handle, flow."""
    return _count(node, node.elements(1))


def list_reserve(node: Node) -> Output:
    """Shape of the elements, number."""
    return _empty(node, node.constant_integer(1))


def list_from_tensor(node: Node) -> Output:
    return Elements(moving.unstacked(node, node.value(0), 0))


def list_get(node: Node) -> Output:
    return _read(node, node.elements(0), node.constant_integer(1))


def list_set(node: Node) -> Output:
    return _written(node, node.elements(0), node.constant_integer(1), node.output(2))


def list_stack(node: Node) -> Output:
    elements = node.elements(0)
    indices = range(len(elements.values))
    return stacked(node, [_read(node, elements, index) for index in indices])


def list_length(node: Node) -> Output:
    return _count(node, node.elements(0))


def stacked(node: Node, values: Sequence[Output]) -> Value:
    """Tensors of one shape along a new first axis."""
    tensors = [v for v in values if isinstance(v, SSAValue | Constant)]
    if len(tensors) < len(values):
        raise node.wrong("its elements are no tensors")
    return moving.stacked(node, tensors, 0)


def _empty(node: Node, count: int) -> Elements:
    if not 0 <= count <= MOST_PARTS:
        raise _too_many(node, count)
    return Elements((None,) * count)


def _too_many(node: Node, count: int) -> AipuError:
    return node.unsupported(
        f"a tensor array of {count} elements, expected 0 to {MOST_PARTS}"
    )


def _read(node: Node, elements: Elements, index: int) -> Output:
    if not 0 <= index < len(elements.values):
        raise node.wrong(f"index {index} of {len(elements.values)} elements")
    found = elements.values[index]
    if found is None:
        raise node.wrong(f"it reads element {index}, which was never written")
    return found


def _written(node: Node, elements: Elements, index: int, value: Output) -> Elements:
    """The elements with one more; an array without a size grows."""
    values = list(elements.values)
    if not 0 <= index < MOST_PARTS:
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
