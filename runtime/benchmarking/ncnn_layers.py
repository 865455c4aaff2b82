"""Operators as layers of ncnn: the type of each, and its numbers by their keys.

A map [1, H, W, C] is [C, H, W] there, so that some operators are no layers. Source of
types and keys: ncnn's docs, "operators".
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod

from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.nn.attributes import Clamp

Numbers = Mapping[int, float | Sequence[float]]
Layer = tuple[str, Numbers]

CHANNELS_LAST, CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)
"""Permutations of maps."""

LARGEST = 3e38

SIMPLE: Mapping[type[nn.Operator], Layer] = {
    nn.SigmoidOp: ("Sigmoid", {}),
    nn.TanhOp: ("TanH", {}),
    nn.SiluOp: ("Swish", {}),
    nn.GeluOp: ("GELU", {}),
    nn.MishOp: ("Mish", {}),
    nn.HardSwishOp: ("HardSwish", {0: 1 / 6, 1: 0.5}),
    nn.HardSigmoidOp: ("HardSigmoid", {0: 1 / 6, 1: 0.5}),
    nn.AddOp: ("BinaryOp", {0: 0}),
    nn.SubOp: ("BinaryOp", {0: 1}),
    nn.MulOp: ("BinaryOp", {0: 2}),
    nn.DivOp: ("BinaryOp", {0: 3}),
    nn.SoftmaxOp: ("Softmax", {0: 0, 1: 1}),
    nn.ConcatOp: ("Concat", {0: 0}),
}
"""Operators on channels, if on any axis, and without constants."""


def layers_in_ncnn(op: nn.Operator) -> Sequence[Layer] | None:
    """The layers of an operator, one after another; None if it is none of ncnn's."""
    if type(op) in RULES:
        return RULES[type(op)](op)
    if type(op) not in SIMPLE or not _on_channels(op):
        return None
    return [SIMPLE[type(op)], *_clamp(_activation(op))]


def _on_channels(op: nn.Operator) -> bool:
    if any(isinstance(value.owner, nn.WeightOp) for value in op.operands):
        return False
    if isinstance(op, nn.SoftmaxOp | nn.ConcatOp):
        extents, axis = nn.shape(op.results[0]), op.axis.value.data
        return axis % len(extents) == len(extents) - 1 or prod(extents) == extents[axis]
    return True


def _activation(op: nn.Operator) -> Clamp:
    found = op.properties.get("activation", nn.NO_CLAMP)
    assert isinstance(found, nn.ClampAttr)
    return found.data


def _clamp(bounds: Clamp) -> Sequence[Layer]:
    """A clamp as a layer of its own."""
    if bounds == Clamp():
        return []
    if bounds == Clamp(0.0):
        return [("ReLU", {})]
    return [("Clip", dict(enumerate(_finite(bounds))))]


def _then(op: nn.Operator) -> Numbers:
    """The clamp of a layer that has one of its own."""
    bounds = _activation(op)
    if bounds == Clamp():
        return {}
    return {9: 1} if bounds == Clamp(0.0) else {9: 3, 10: _finite(bounds)}


def _finite(bounds: Clamp) -> Sequence[float]:
    return [max(-LARGEST, min(bound, LARGEST)) for bound in bounds]


def _convolution(op: nn.Operator) -> Sequence[Layer] | None:
    assert isinstance(op, nn.Conv2dOp)
    if op.rescale:
        return None
    weight, groups = nn.shape(op.weight), op.groups.value.data
    top, left, bottom, right = op.pad.get_values()
    numbers: Numbers = {
        0: weight[0],
        **_columns_and_rows(1, weight[1:3]),
        **_columns_and_rows(2, op.dilation.get_values()),
        **_columns_and_rows(3, op.stride.get_values()),
        4: left,
        14: top,
        15: right,
        16: bottom,
        5: 1,
        6: prod(weight),
        7: groups,
        **_then(op),
    }
    return [("Convolution" if groups == 1 else "ConvolutionDepthWise", numbers)]


def _columns_and_rows(key: int, rows_and_columns: Sequence[int]) -> Numbers:
    rows, columns = rows_and_columns
    return {key: columns, 10 + key: rows}


def _fully_connected(op: nn.Operator) -> Sequence[Layer] | None:
    assert isinstance(op, nn.FullyConnectedOp)
    if op.rescale:
        return None
    weight = nn.shape(op.weight)
    return [("InnerProduct", {0: weight[0], 1: 1, 2: prod(weight), **_then(op)})]


def _pool(op: nn.Operator) -> Sequence[Layer]:
    assert isinstance(op, nn.MaxPool2dOp | nn.AvgPool2dOp)
    kind = 1 if isinstance(op, nn.AvgPool2dOp) else 0
    top, left, bottom, right = op.pad.get_values()
    if tuple(op.kernel.get_values()) == nn.shape(op.ifm)[1:3]:
        return [("Pooling", {0: kind, 4: 1}), ("Reshape", _extents(op.ofm))]
    numbers: Numbers = {
        0: kind,
        **_columns_and_rows(1, op.kernel.get_values()),
        **_columns_and_rows(2, op.stride.get_values()),
        3: left,
        13: top,
        14: right,
        15: bottom,
        5: 1,
    }
    return [("Pooling", numbers)]


def _extents(value: SSAValue) -> Numbers:
    """The extents of a tensor, columns first."""
    _, *extents = nn.shape(value)
    if len(extents) == 3:
        rows, columns, channels = extents
        extents = [channels, rows, columns]
    return dict(enumerate(reversed(extents)))


def _reshape(op: nn.Operator) -> Sequence[Layer] | None:
    """The dimension more that shuffles channels is no layer."""
    assert isinstance(op, nn.ReshapeOp)
    before, after = len(nn.shape(op.ifm)), len(nn.shape(op.ofm))
    if {before, after} == {4, 5}:
        return []
    return [("Reshape", _extents(op.ofm))] if after in (2, 3, 4) else None


def _transpose(op: nn.Operator) -> Sequence[Layer] | None:
    assert isinstance(op, nn.TransposeOp)
    permutation = tuple(op.permutation.get_values())
    if permutation in (CHANNELS_LAST, CHANNELS_FIRST):
        return []
    if permutation == (0, 1, 2, 4, 3):
        return [("ShuffleChannel", {0: nn.shape(op.ifm)[3]})]
    return None


def _lrn(op: nn.Operator) -> Sequence[Layer]:
    assert isinstance(op, nn.LrnOp)
    alpha, beta, bias = (e.value.data for e in (op.alpha, op.beta, op.bias))
    return [("LRN", {0: 0, 1: op.size.value.data, 2: alpha, 3: beta, 4: bias})]


def _bounded(op: nn.Operator) -> Sequence[Layer]:
    assert isinstance(op, nn.ClampOp)
    return _clamp(op.bounds.data)


RULES: Mapping[type[nn.Operator], Callable[[nn.Operator], Sequence[Layer] | None]] = {
    nn.Conv2dOp: _convolution,
    nn.FullyConnectedOp: _fully_connected,
    nn.MaxPool2dOp: _pool,
    nn.AvgPool2dOp: _pool,
    nn.ReshapeOp: _reshape,
    nn.TransposeOp: _transpose,
    nn.LrnOp: _lrn,
    nn.ClampOp: _bounded,
}
