"""The tensors of a block, each as a view of one that is stored."""

from math import prod
from typing import NamedTuple

from xdsl.dialects.builtin import UNKNOWN_LOC
from xdsl.ir import Operation, SSAValue

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from .view import Placement, Shape, View


class Stored(NamedTuple):
    """A tensor: what `view` shows of the elements of `value`."""

    value: SSAValue
    view: View

    @property
    def is_weight(self) -> bool:
        return isinstance(self.value.owner, nn.WeightOp)


class StoredTensors:
    """How every tensor is stored, and what has been placed for those who need it.

    `position` is the operator before which new ones are inserted, in its name.
    """

    def __init__(self, weights: WeightStore, position: Operation):
        self.weights = weights
        self.position = position
        self._stored: dict[SSAValue, Stored] = {}
        self._placed: dict[Stored, SSAValue] = {}

    def __getitem__(self, tensor: SSAValue) -> Stored:
        """How a tensor is stored: as it is, unless noted otherwise."""
        return self._stored.get(tensor) or Stored(tensor, View.of(nn.shape(tensor)))

    def note(self, tensor: SSAValue, value: SSAValue, view: View) -> None:
        """From now on `tensor` is a view of `value`."""
        self._stored[tensor] = Stored(value, view)

    def note_placed(self, tensor: SSAValue) -> None:
        """A tensor that is noted as a view exists in place, too."""
        self._placed[self[tensor]] = tensor

    def cost(self, stored: Stored) -> int:
        """How many elements must move to place a tensor; a weight moves beforehand."""
        if stored.is_weight or stored.view.is_in_order or stored in self._placed:
            return 0
        return prod(stored.view.shape)

    def place(self, stored: Stored) -> SSAValue:
        """A value of the shape of the view, with the elements where it shows them."""
        if stored not in self._placed:
            move = self._new_weight if stored.is_weight else self._move
            self._placed[stored] = move(stored.value, stored.view.placed())
        return self._placed[stored]

    def reshaped(self, value: SSAValue, shape: Shape) -> SSAValue:
        """The elements of `value` in another shape."""
        if nn.shape(value) == shape:
            return value
        return self.insert(nn.ReshapeOp(value, shape), value.name_hint)

    def insert(self, op: Operation, name_hint: str | None = None) -> SSAValue:
        """Insert an operator at the position; return its result."""
        block = self.position.parent
        assert block is not None
        if op.location == UNKNOWN_LOC:
            op.location = self.position.location
        block.insert_op_before(op, self.position)
        op.results[0].name_hint = name_hint
        return op.results[0]

    def replace(self, op: Operation, new: Operation, view: View) -> None:
        """Insert `new`; the result of `op` is a view of its result."""
        self.note(op.results[0], self.insert(new, op.results[0].name_hint), view)

    def _move(self, value: SSAValue, placement: Placement) -> SSAValue:
        if placement.permutation is not None:
            value = self.reshaped(value, placement.axes)
            transpose = nn.TransposeOp(value, placement.permutation)
            value = self.insert(transpose, value.name_hint)
        return self.reshaped(value, placement.shape)

    def _new_weight(self, value: SSAValue, placement: Placement) -> SSAValue:
        weight = value.owner
        assert isinstance(weight, nn.WeightOp)
        axes, permutation, shape = placement
        if permutation is None and nn.shape(value) == shape:
            return value
        array, key = self.weights[weight.key.data], f"{weight.key.data}/reshaped"
        if permutation is not None:
            key = f"{weight.key.data}/transposed"
            array = array.reshape(axes).transpose(permutation)
        key = self.weights.add(key, array.reshape(shape))
        new = nn.WeightOp(key, nn.tensor_like(value, shape))
        new.location = weight.location
        return self.insert(new, value.name_hint)
