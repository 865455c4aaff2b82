"""Operators on reals as a network of ncnn: what each is there, a function a kind.

A blob is the only frame of a batch, channels first. It has one reader: for more there
is a layer Split.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from xdsl.dialects.builtin import f32
from xdsl.ir import Operation, SSAValue

from ... import nn

MAGIC = 7767517
FLOAT32 = np.uint32(0).tobytes()
"""The tag before weights that are not packed."""

AXES = {4: (None, 1, 2, 0), 2: (None, 0)}
"""By the rank of a tensor, where its axes are in a blob: that of frames is nowhere."""

VALID = 1
"""The way of padding of a pool that adds what it is told."""

Parameters: TypeAlias = Mapping[int, int | float]

NONE: Parameters = {}


@dataclass
class Layer:
    kind: str
    reads: Sequence[str]
    makes: Sequence[str]
    parameters: Parameters

    def line(self) -> str:
        """As in a `.param` file."""
        names = [*self.reads, *self.makes]
        values = [f"{key}={value!r}" for key, value in self.parameters.items()]
        count = f"{len(self.reads)} {len(self.makes)}"
        return " ".join([self.kind, self.makes[0], count, *names, *values])


@dataclass
class Network:
    """Layers and their weights, as they come."""

    constants: Mapping[SSAValue, np.ndarray]
    layers: list[Layer] = field(default_factory=list)
    weights: list[bytes] = field(default_factory=list)
    names: dict[SSAValue, str] = field(default_factory=dict)

    def add(self, kind: str, *reads: str, parameters: Parameters = NONE) -> str:
        """A layer, and the name of its result."""
        name = f"b{len(self.layers)}"
        self.layers.append(Layer(kind, reads, [name], parameters))
        return name

    def keep(self, array: np.ndarray, tag: bytes = b"") -> None:
        """Weights of the layer that is added next."""
        self.weights.append(tag + np.ascontiguousarray(array, np.float32).tobytes())

    def clamped(self, name: str, clamp: nn.Clamp) -> str:
        """Behind an activation."""
        if clamp == nn.Clamp():
            return name
        if clamp == nn.Clamp(0.0):
            return self.add("ReLU", name)
        largest = float(np.finfo(np.float32).max)
        low, high = (min(max(bound, -largest), largest) for bound in clamp)
        return self.add("Clip", name, parameters={0: low, 1: high})

    def scalar(self, value: SSAValue) -> float | None:
        """A constant of one element."""
        found = self.constants.get(value)
        return None if found is None else float(found.item())


def conv2d(net: Network, op: nn.Conv2dOp) -> str:
    weight = net.constants[op.weight].transpose(0, 3, 1, 2)
    channels, _, rows, columns = weight.shape
    top, left, bottom, right = op.pad.get_values()
    down, across = op.stride.get_values()
    far_down, far_across = op.dilation.get_values()
    groups = op.groups.value.data
    net.keep(weight, FLOAT32)
    net.keep(net.constants[op.bias])
    made = net.add(
        "Convolution" if groups == 1 else "ConvolutionDepthWise",
        net.names[op.ifm],
        parameters={0: channels, 5: 1, 6: weight.size, 7: groups}
        | {1: columns, 11: rows, 2: far_across, 12: far_down, 3: across, 13: down}
        | {4: left, 14: top, 15: right, 16: bottom},
    )
    return net.clamped(_leaky(net, op, made), op.activation.data)


def fully_connected(net: Network, op: nn.FullyConnectedOp) -> str:
    weight = net.constants[op.weight]
    net.keep(weight, FLOAT32)
    net.keep(net.constants[op.bias])
    parameters = {0: len(weight), 1: 1, 2: weight.size}
    made = net.add("InnerProduct", net.names[op.ifm], parameters=parameters)
    return net.clamped(_leaky(net, op, made), op.activation.data)


def _leaky(net: Network, op: nn.WeightedSums, name: str) -> str:
    """Sums below 0 times the slopes of their channels, if there are slopes."""
    if op.slope is None:
        return name
    slopes = net.constants[op.slope]
    net.keep(slopes)
    return net.add("PReLU", name, parameters={0: slopes.size})


def max_pool2d(net: Network, op: nn.MaxPool2dOp) -> str:
    return _pooled(net, op, {0: 0})


def avg_pool2d(net: Network, op: nn.AvgPool2dOp) -> str:
    return _pooled(net, op, {0: 1, 6: int(op.counting_pad is not None)})


def _pooled(
    net: Network, op: nn.MaxPool2dOp | nn.AvgPool2dOp, parameters: Parameters
) -> str:
    (rows, columns), (down, across) = op.kernel.get_values(), op.stride.get_values()
    top, left, bottom, right = op.pad.get_values()
    window = {1: columns, 11: rows, 2: across, 12: down}
    pad = {3: left, 13: top, 14: right, 15: bottom, 5: VALID}
    ifm = net.names[op.ifm]
    return net.add("Pooling", ifm, parameters={**parameters, **window, **pad})


def lrn(net: Network, op: nn.LrnOp) -> str:
    real = (each.value.data for each in (op.alpha, op.beta, op.bias))
    parameters = dict(enumerate([0, op.size.value.data, *real]))
    return net.add("LRN", net.names[op.ifm], parameters=parameters)


def softmax(net: Network, op: nn.SoftmaxOp) -> str:
    axis = axis_of(op.axis.value.data, op.ifm)
    return net.add("Softmax", net.names[op.ifm], parameters={0: axis, 1: 1})


def concat(net: Network, op: nn.ConcatOp) -> str:
    axis = axis_of(op.axis.value.data, op.ofm)
    reads = (net.names[each] for each in op.inputs)
    return net.add("Concat", *reads, parameters={0: axis})


def clamp(net: Network, op: nn.ClampOp) -> str:
    return net.clamped(net.names[op.ifm], op.bounds.data)


def leaky_relu(net: Network, op: nn.LeakyReluOp) -> str:
    return net.add("ReLU", net.names[op.ifm], parameters={0: op.alpha.value.data})


def pair(kind: int) -> "Say":
    """An operator on two tensors, or on one and a number, with an activation."""

    def say(net: Network, op: Operation) -> str:
        assert isinstance(op, nn.BinaryOperator)
        number = net.scalar(op.rhs)
        if number is None:
            reads, parameters = (op.lhs, op.rhs), {0: kind}
        else:
            reads, parameters = (op.lhs,), {0: kind, 1: 1, 2: number}
        made = net.add(
            "BinaryOp", *(net.names[each] for each in reads), parameters=parameters
        )
        return net.clamped(made, op.activation.data)

    return say


def one(kind: str, parameters: Parameters = NONE) -> "Say":
    """A function of one element."""

    def say(net: Network, op: Operation) -> str:
        assert isinstance(op, nn.UnaryOperator)
        return net.add(kind, net.names[op.ifm], parameters=parameters)

    return say


Say: TypeAlias = Callable[..., str]

SAID: Mapping[type[Operation], Say] = {
    nn.Conv2dOp: conv2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MaxPool2dOp: max_pool2d,
    nn.AvgPool2dOp: avg_pool2d,
    nn.LrnOp: lrn,
    nn.SoftmaxOp: softmax,
    nn.ConcatOp: concat,
    nn.ClampOp: clamp,
    nn.LeakyReluOp: leaky_relu,
    nn.SigmoidOp: one("Sigmoid"),
    nn.TanhOp: one("TanH"),
    nn.SiluOp: one("Swish"),
    nn.HardSwishOp: one("HardSwish", {0: 1 / 6, 1: 0.5}),
    **{
        kind: pair(number)
        for number, kind in enumerate(
            [nn.AddOp, nn.SubOp, nn.MulOp, nn.DivOp, nn.MaximumOp, nn.MinimumOp]
        )
    },
    **{
        kind: one("UnaryOp", {0: number})
        for kind, number in {
            nn.AbsOp: 0,
            nn.NegOp: 1,
            nn.FloorOp: 2,
            nn.CeilOp: 3,
            nn.SquareOp: 4,
            nn.SqrtOp: 5,
            nn.ExpOp: 7,
            nn.LogOp: 8,
            nn.ReciprocalOp: 15,
        }.items()
    },
}
"""What says an operator in ncnn, by its kind."""


def ncnn_has(op: nn.Operator) -> bool:
    """Whether ncnn has an operator on reals, in this form."""
    if type(op) not in SAID:
        return False
    constant = [each for each in op.operands if isinstance(each.owner, nn.WeightOp)]
    maps = [each for each in (*op.operands, op.ofm) if each not in constant]
    if any(nn.element_type(value) != f32 for value in (*op.operands, op.ofm)):
        return False
    if any(len(nn.shape(value)) not in AXES for value in maps):
        return False
    if any(nn.shape(value)[0] != 1 for value in maps):
        return False
    match op:
        case nn.WeightedSums():
            return constant == list(op.operands[1:])
        case nn.BinaryOperator():
            alike = {nn.shape(value) for value in maps}
            one_number = [nn.shape(each) for each in constant] in ([()], [(1,)])
            return len(alike) == 1 and (
                not constant or (one_number and constant == [op.rhs])
            )
        case nn.MaxPool2dOp() | nn.AvgPool2dOp():
            return nn.meets_the_map(op)
        case nn.LrnOp():
            size = op.size.value.data
            return size % 2 == 1 and op.first == size // 2
        case nn.SoftmaxOp() | nn.ConcatOp():
            return not constant and op.axis.value.data > 0
    return not constant


def axis_of(axis: int, value: SSAValue) -> int:
    """Where an axis of a tensor is in its blobs."""
    found = AXES[len(nn.shape(value))][axis]
    assert found is not None
    return found


def network_of(
    operators: Sequence[nn.Operator],
    reads: Sequence[SSAValue],
    makes: Sequence[SSAValue],
    constants: Mapping[SSAValue, np.ndarray],
) -> tuple[str, bytes]:
    """A `.param` file and its weights; blobs are called x0, x1, ... and y0, y1, ..."""
    net = Network(constants)
    for number, value in enumerate(reads):
        net.names[value] = f"x{number}"
        net.layers.append(Layer("Input", [], [f"x{number}"], {}))
    for op in operators:
        net.names[op.ofm] = SAID[type(op)](net, op)
    for number, value in enumerate(makes):
        net.layers.append(Layer("Noop", [net.names[value]], [f"y{number}"], {}))
    layers = split(net.layers)
    blobs = sum(len(layer.makes) for layer in layers)
    lines = [str(MAGIC), f"{len(layers)} {blobs}", *(each.line() for each in layers)]
    return "\n".join([*lines, ""]), b"".join(net.weights)


def split(layers: Sequence[Layer]) -> list[Layer]:
    """The same layers, with a Split behind what several read."""
    readers = Counter(name for layer in layers for name in layer.reads)
    free: dict[str, list[str]] = {}
    found: list[Layer] = []
    for layer in layers:
        reads = [free[name].pop(0) if name in free else name for name in layer.reads]
        found.append(Layer(layer.kind, reads, layer.makes, layer.parameters))
        for name in layer.makes:
            if readers[name] > 1:
                copies = [f"{name}_{number}" for number in range(readers[name])]
                found.append(Layer("Split", [name], copies, {}))
                free[name] = copies.copy()
    return found
