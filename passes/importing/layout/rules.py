"""How each operator works on tensors as they are stored: one rule a kind.

A rule makes a new operator on stored tensors, and notes how the old result is seen in
the new one; or it has the operands placed, and leaves the operator where it is.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar, cast

from xdsl.ir import Attribute, Operation, SSAValue

from ....dialects import nn
from ....dialects.nn import shapes
from ....dialects.nn.operator import integer, ints
from .stored_tensors import Stored, StoredTensors
from .view import AxisView

Op = TypeVar("Op", bound=Operation)
Rule = Callable[[Op, StoredTensors], None]

OF_ONE_TENSOR = (
    nn.UnaryOperator,
    nn.ClampOp,
    nn.QuantiseOp,
    nn.DequantiseOp,
    nn.RequantiseOp,
    nn.LookupOp,
)
BROADCASTING = (nn.BinaryOperator, nn.PReluOp, nn.SelectOp)
IN_ANY_ORDER = (*OF_ONE_TENSOR, *BROADCASTING, nn.PadOp)

RULES: dict[type[Operation], Rule[Operation]] = {}
"""By the class of operators; each is asked about those alone."""


def rule(*kinds: type[Op]) -> Callable[[Rule[Op]], Rule[Op]]:
    """Make a function the rule of some kinds of operators: `@rule(nn.PadOp)`."""

    def register(function: Rule[Op]) -> Rule[Op]:
        RULES.update(dict.fromkeys(kinds, cast("Rule[Operation]", function)))
        return function

    return register


def rule_of(op: Operation) -> Rule[Operation]:
    """The rule of an operator; any that is not listed reads its operands in place."""
    kinds = (kind for kind in type(op).__mro__ if kind in RULES)
    return RULES.get(next(kinds, Operation), in_place)


def in_place(op: Operation, tensors: StoredTensors) -> None:
    """The operator reads its operands as they are."""
    for index, operand in enumerate(op.operands):
        placed = tensors.in_place(operand)
        if placed is not operand:
            op.operands[index] = placed


@rule(nn.TransposeOp)
def transpose(op: nn.TransposeOp, tensors: StoredTensors) -> None:
    """Nothing moves: the result is another view."""
    value, view = tensors[op.ifm]
    tensors.note(op.ofm, value, view.transpose(op.permutation.get_values()))


@rule(nn.ReshapeOp)
def reshape(op: nn.ReshapeOp, tensors: StoredTensors) -> None:
    """Another view, too, unless the elements lie in order or an axis is cut across."""
    value, view = stored = tensors[op.ifm]
    seen = view.reshape(nn.shape(op.ofm))
    if view.is_in_order and not stored.is_weight:
        op.operands[0] = value
    elif seen is None:
        in_place(op, tensors)
    else:
        tensors.note(op.ofm, value, seen)


@rule(*OF_ONE_TENSOR)
def elementwise(op: Operation, tensors: StoredTensors) -> None:
    """A function of single elements works on whatever is stored."""
    value, view = tensors[op.operands[0]]
    if view.is_natural:
        in_place(op, tensors)
        return
    others = [tensors.in_place(operand) for operand in op.operands[1:]]
    new = _rebuilt(op, [value, *others], nn.shape(value))
    tensors.replace(op, new, view)


@rule(*BROADCASTING)
def broadcasting(op: Operation, tensors: StoredTensors) -> None:
    """A function of several tensors works on all of them as one is stored."""
    shape = nn.shape(op.results[0])
    operands = [_widened(tensors[operand], len(shape)) for operand in op.operands]
    frames = [
        [tensors[operand].view] * len(op.operands)
        for operand in op.operands
        if nn.shape(operand) == shape and not tensors[operand].is_weight
    ]
    arranged = _cheapest(op, operands, frames, tensors)
    if arranged is None:
        in_place(op, tensors)
        return
    seen = arranged.frame[0]
    tensors.replace(op, _rebuilt(op, arranged.operands, seen.axes), seen)


@rule(nn.ConcatOp)
def concat(op: nn.ConcatOp, tensors: StoredTensors) -> None:
    """Tensors are joined along an axis of the way that one of them is stored."""
    joined = op.axis.value.data
    operands = [tensors[operand] for operand in op.inputs]
    extents = [stored.view.shape[joined] for stored in operands]
    likes = dict.fromkeys(
        stored.view.resized(joined, 1)
        for stored in operands
        if stored.view.has_axes([joined])
    )
    frames = [[like.resized(joined, extent) for extent in extents] for like in likes]
    arranged = _cheapest(op, operands, frames, tensors)
    if arranged is None:
        in_place(op, tensors)
        return
    seen = arranged.frame[0].resized(joined, nn.shape(op.ofm)[joined])
    axis = integer(seen.groups[joined][0])
    tensors.replace(op, _rebuilt(op, arranged.operands, seen.axes, axis=axis), seen)


@rule(nn.PadOp)
def pad(op: nn.PadOp, tensors: StoredTensors) -> None:
    """Each padded dimension must be one axis of what is stored."""
    value, view = tensors[op.ifm]
    low, high = op.low.get_values(), op.high.get_values()
    padded = [i for i, both in enumerate(zip(low, high, strict=True)) if any(both)]
    if view.is_natural or not view.has_axes(padded):
        in_place(op, tensors)
        return
    nothing = [0] * len(view.axes)
    low, high = view.spread(low, nothing), view.spread(high, nothing)
    seen = AxisView(shapes.pad(view.axes, low, high), view.groups)
    operand = tensors.reshaped(value, view.axes)
    new = _rebuilt(op, [operand], seen.axes, low=ints(low), high=ints(high))
    tensors.replace(op, new, seen)


@rule(nn.SliceOp)
def slice(op: nn.SliceOp, tensors: StoredTensors) -> None:
    """Each dimension that is not taken whole must be one axis of what is stored."""
    value, view = tensors[op.ifm]
    taken = [op.starts.get_values(), op.sizes.get_values(), op.strides.get_values()]
    cut = [
        dimension
        for dimension, (extent, *part) in enumerate(
            zip(view.shape, *taken, strict=True)
        )
        if part != [0, extent, 1]
    ]
    if view.is_natural or not view.has_axes(cut):
        in_place(op, tensors)
        return
    rank = len(view.axes)
    whole = ([0] * rank, view.axes, [1] * rank)
    starts, sizes, strides = (
        view.spread(*pair) for pair in zip(taken, whole, strict=True)
    )
    new = _rebuilt(
        op,
        [tensors.reshaped(value, view.axes)],
        sizes,
        starts=ints(starts),
        sizes=ints(sizes),
        strides=ints(strides),
    )
    tensors.replace(op, new, AxisView.make(sizes, view.groups))


@rule(nn.SoftmaxOp)
def softmax(op: nn.SoftmaxOp, tensors: StoredTensors) -> None:
    """The dimension must be one axis of what is stored."""
    value, view = tensors[op.ifm]
    dimension = op.axis.value.data
    if view.is_natural or not view.has_axes([dimension]):
        in_place(op, tensors)
        return
    axis = integer(view.groups[dimension][0])
    operand = tensors.reshaped(value, view.axes)
    tensors.replace(op, _rebuilt(op, [operand], view.axes, axis=axis), view)


@rule(nn.ReduceOperator)
def reduce(op: nn.ReduceOperator, tensors: StoredTensors) -> None:
    """All axes of each reduced dimension are reduced, however many they are."""
    value, view = tensors[op.ifm]
    dimensions = op.axes.get_values()
    axes = sorted(axis for i in dimensions for axis in view.groups[i])
    if view.is_natural or not axes:
        in_place(op, tensors)
        return
    seen = view.reduced(dimensions, keep=op.keep is not None)
    operand = tensors.reshaped(value, view.axes)
    tensors.replace(op, _rebuilt(op, [operand], seen.axes, axes=ints(axes)), seen)


@rule(nn.ArgOperator)
def position(op: nn.ArgOperator, tensors: StoredTensors) -> None:
    """The dimension must be one axis of what is stored."""
    value, view = tensors[op.ifm]
    dimension = op.axis.value.data
    if view.is_natural or not view.has_axes([dimension]):
        in_place(op, tensors)
        return
    seen = view.reduced([dimension], keep=op.keep is not None)
    axis = integer(view.groups[dimension][0])
    operand = tensors.reshaped(value, view.axes)
    tensors.replace(op, _rebuilt(op, [operand], seen.axes, axis=axis), seen)


@rule(nn.FullyConnectedOp)
def fully_connected(op: nn.FullyConnectedOp, tensors: StoredTensors) -> None:
    """The weight is made to fit the order in which the features are stored."""
    ifm, weight = tensors[op.ifm], tensors[op.weight]
    batch, features = ifm.view.groups
    stored = AxisView(ifm.view.axes, (batch, tuple(sorted(features))))
    cut = [ifm.view.axes[axis] for axis in features]
    seen = weight.view.reshape((weight.view.shape[0], *cut))
    if weight.is_weight and seen is not None and stored.is_in_order:
        by_axis = dict(zip(features, seen.groups[1:], strict=True))
        order = tuple(axis for feature in sorted(features) for axis in by_axis[feature])
        fitted = AxisView(seen.axes, (seen.groups[0], order))
        op.operands[0] = tensors.place(Stored(ifm.value, stored))
        op.operands[1] = tensors.place(Stored(weight.value, fitted))
    in_place(op, tensors)


class Arrangement(NamedTuple):
    """How operands are wanted, a view an operand, and the operands placed so."""

    frame: Sequence[AxisView]
    operands: list[SSAValue]


def _cheapest(
    op: Operation,
    operands: Sequence[Stored],
    frames: Iterable[Sequence[AxisView]],
    tensors: StoredTensors,
) -> Arrangement | None:
    """The arrangement that moves the fewest elements; None if that is as they are.

    As cheap as leaving them is good enough: then a transpose moves on to the outputs.
    """
    least, chosen = sum(tensors.cost(tensors[operand]) for operand in op.operands), None
    for frame in frames:
        pairs = zip(operands, frame, strict=True)
        arranged = [
            (stored.value, stored.view.arranged(like)) for stored, like in pairs
        ]
        wanted = [Stored(value, view) for value, view in arranged if view is not None]
        cost = sum(map(tensors.cost, wanted))
        fits = len(wanted) == len(operands) and not all(
            view.is_natural for view in frame
        )
        if fits and (cost < least or (cost == least and chosen is None)):
            least, chosen = cost, (frame, wanted)
    if chosen is None:
        return None
    return Arrangement(chosen[0], [tensors.place(stored) for stored in chosen[1]])


def _rebuilt(
    op: Operation,
    operands: Sequence[SSAValue],
    shape: tuple[int, ...],
    **changed: Attribute,
) -> Operation:
    """The same operator on other operands, with a result of another shape."""
    return type(op).create(
        operands=operands,
        result_types=[nn.tensor_like(op.results[0], shape)],
        properties={**op.properties, **changed},
        attributes=op.attributes.copy(),
        location=op.location,
    )


def _widened(stored: Stored, rank: int) -> Stored:
    """The same tensor with leading dimensions of extent 1, as numpy broadcasts."""
    missing = rank - len(stored.view.groups)
    return Stored(
        stored.value, AxisView(stored.view.axes, ((),) * missing + stored.view.groups)
    )
