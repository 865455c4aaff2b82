"""The tensors of a block, each as a view of one that is stored."""

from math import prod
from typing import NamedTuple

from xdsl.dialects.builtin import LocationAttr
from xdsl.ir import Operation, SSAValue

from ....dialects import nn
from ....dialects.semantics.weights import WeightStore
from .view import AxisView, Shape


class Stored(NamedTuple):
    """A tensor: what `view` shows of the elements of `value`."""

    value: SSAValue
    view: AxisView

    @property
    def is_weight(self) -> bool:
        return isinstance(self.value.owner, nn.WeightOp)


class StoredTensors:
    """How every tensor is stored, and what has been placed for those who need it.

    `position` is the operator before which new ones are inserted. What moves elements
    comes from where the model moves them, if it says so, or else from the reader.
    """

    def __init__(self, weights: WeightStore, position: Operation):
        self.weights = weights
        self.position = position
        self._stored: dict[SSAValue, Stored] = {}
        self._placed: dict[Stored, SSAValue] = {}
        self._sources: dict[Stored, LocationAttr] = {}

    def __getitem__(self, tensor: SSAValue) -> Stored:
        """How a tensor is stored: as it is, unless noted otherwise."""
        return self._stored.get(tensor) or Stored(tensor, AxisView.of(nn.shape(tensor)))

    def note(self, tensor: SSAValue, value: SSAValue, view: AxisView) -> None:
        """From now on `tensor` is a view of `value`."""
        self._stored[tensor] = stored = Stored(value, view)
        if isinstance(tensor.owner, Operation):
            self._sources.setdefault(stored, tensor.owner.location)

    def note_placed(self, tensor: SSAValue) -> None:
        """A tensor that is noted as a view exists in place, too."""
        self._placed[self[tensor]] = tensor

    def cost(self, stored: Stored) -> int:
        """How many elements must move to place a tensor; a weight moves beforehand."""
        if stored.is_weight or stored.view.is_in_order or stored in self._placed:
            return 0
        return prod(stored.view.shape)

    def in_place(self, tensor: SSAValue) -> SSAValue:
        """A value that holds a tensor as it is."""
        stored = self._stored.get(tensor)
        return tensor if stored is None else self.place(stored)

    def place(self, stored: Stored) -> SSAValue:
        """A value of the shape of the view, with the elements where it shows them."""
        if stored not in self._placed:
            make = self._new_weight if stored.is_weight else self._moved
            self._placed[stored] = make(stored)
        return self._placed[stored]

    def reshaped(self, value: SSAValue, shape: Shape) -> SSAValue:
        """The elements of `value` in another shape, for the operator at hand."""
        return self._reshaped(value, shape, self.position.location)

    def replace(self, op: Operation, new: Operation, view: AxisView) -> None:
        """Insert `new`; the result of `op` is a view of its result."""
        value = self._insert(new, op.location, op.results[0].name_hint)
        self.note(op.results[0], value, view)

    def _moved(self, stored: Stored) -> SSAValue:
        value, (axes, permutation, shape) = stored.value, stored.view.placed()
        source = self._sources.get(stored, self.position.location)
        if permutation is not None:
            value = self._reshaped(value, axes, source)
            transpose = nn.TransposeOp(value, permutation)
            value = self._insert(transpose, source, value.name_hint)
        return self._reshaped(value, shape, source)

    def _new_weight(self, stored: Stored) -> SSAValue:
        weight, (axes, permutation, shape) = stored.value.owner, stored.view.placed()
        assert isinstance(weight, nn.WeightOp)
        if permutation is None and nn.shape(weight.value) == shape:
            return weight.value
        array, key = self.weights[weight.key.data], f"{weight.key.data}/reshaped"
        if permutation is not None:
            key = f"{weight.key.data}/transposed"
            array = array.reshape(axes).transpose(permutation)
        key = self.weights.add(key, array.reshape(shape))
        new = nn.WeightOp(key, nn.tensor_like(weight.value, shape))
        return self._insert(new, weight.location, weight.value.name_hint)

    def _reshaped(
        self, value: SSAValue, shape: Shape, source: LocationAttr
    ) -> SSAValue:
        if nn.shape(value) == shape:
            return value
        return self._insert(nn.ReshapeOp(value, shape), source, value.name_hint)

    def _insert(
        self, op: Operation, source: LocationAttr, name_hint: str | None
    ) -> SSAValue:
        block = self.position.parent
        assert block is not None
        op.location = source
        op.results[0].name_hint = name_hint
        block.insert_op_before(op, self.position)
        return op.results[0]
