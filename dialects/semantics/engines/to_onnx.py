"""Operators on reals as a model of ONNX: what each is there, a function a kind.

Feature maps are NHWC; what ONNX has only for NCHW stands between two transposes, which
its runtimes move out of the way.
"""

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import TypeAlias

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from xdsl.dialects.builtin import f32
from xdsl.ir import Operation, SSAValue

from ... import nn
from ...quant import uniform

OPSET, IR_VERSION = 17, 8
TO_NCHW, TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)

Attribute: TypeAlias = int | float | Sequence[int]


class Graph:
    """Nodes and constants, as they come."""

    def __init__(self, constants: Mapping[SSAValue, np.ndarray]):
        self.constants = constants
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: list[onnx.TensorProto] = []
        self.names: dict[SSAValue, str] = {}

    def name(self, value: SSAValue) -> str:
        """What a value is called; a constant becomes one of the model."""
        if value not in self.names:
            self.names[value] = self.constant(self.constants[value])
        return self.names[value]

    def constant(self, array: np.ndarray | Sequence[int] | float) -> str:
        """A constant of float32, or of int64 where it is one of integers."""
        values = np.asarray(array)
        kind = np.int64 if values.dtype.kind == "i" else np.float32
        return self.initialiser(values.astype(kind))

    def initialiser(self, array: np.ndarray) -> str:
        """A constant as it is."""
        name = f"c{len(self.initialisers)}"
        made = np.ascontiguousarray(array)
        self.initialisers.append(numpy_helper.from_array(made, name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Attribute) -> str:
        """A node, and the name of its result."""
        name = f"t{len(self.nodes)}"
        node = helper.make_node(kind, inputs, [name])
        node.attribute.extend(
            map(helper.make_attribute, attributes, attributes.values())
        )
        self.nodes.append(node)
        return name

    def clamped(self, name: str, clamp: nn.Clamp) -> str:
        """Behind an activation."""
        if clamp == nn.Clamp():
            return name
        low, high = (
            "" if bound in (-inf, inf) else self.constant(bound) for bound in clamp
        )
        return self.add("Clip", name, low, high)

    def channels_first(self, name: str) -> str:
        return self.add("Transpose", name, perm=TO_NCHW)

    def channels_last(self, name: str) -> str:
        return self.add("Transpose", name, perm=TO_NHWC)


def conv2d(graph: Graph, op: nn.Conv2dOp) -> str:
    weight = graph.constants[op.weight].transpose(TO_NCHW)
    made = graph.add(
        "Conv",
        graph.channels_first(graph.name(op.ifm)),
        graph.constant(weight),
        graph.name(op.bias),
        strides=op.stride.get_values(),
        pads=op.pad.get_values(),
        dilations=op.dilation.get_values(),
        group=op.groups.value.data,
    )
    return graph.clamped(
        _leaky(graph, op, graph.channels_last(made)), op.activation.data
    )


def fully_connected(graph: Graph, op: nn.FullyConnectedOp) -> str:
    ifm, weight, bias = map(graph.name, (op.ifm, op.weight, op.bias))
    made = graph.add("Gemm", ifm, weight, bias, transB=1)
    return graph.clamped(_leaky(graph, op, made), op.activation.data)


def _leaky(graph: Graph, op: nn.WeightedSums, name: str) -> str:
    """Sums below 0 times the slopes of their channels, if there are slopes."""
    return name if op.slope is None else graph.add("PRelu", name, graph.name(op.slope))


def matmul(graph: Graph, op: nn.MatMulOp) -> str:
    rhs = graph.name(op.rhs)
    if op.transposed is not None:
        rank = len(nn.shape(op.rhs))
        order = [*range(rank - 2), rank - 1, rank - 2]
        rhs = graph.add("Transpose", rhs, perm=order)
    return graph.add("MatMul", graph.name(op.lhs), rhs)


def max_pool2d(graph: Graph, op: nn.MaxPool2dOp) -> str:
    return _pooled(graph, op, "MaxPool")


def avg_pool2d(graph: Graph, op: nn.AvgPool2dOp) -> str:
    counting = int(op.counting_pad is not None)
    return _pooled(graph, op, "AveragePool", count_include_pad=counting)


def _pooled(
    graph: Graph, op: nn.MaxPool2dOp | nn.AvgPool2dOp, kind: str, **more: int
) -> str:
    ifm = graph.channels_first(graph.name(op.ifm))
    made = graph.add(
        kind,
        ifm,
        kernel_shape=op.kernel.get_values(),
        strides=op.stride.get_values(),
        pads=op.pad.get_values(),
        **more,
    )
    return graph.channels_last(made)


def lrn(graph: Graph, op: nn.LrnOp) -> str:
    """`ifm / (bias + alpha * mean) ** beta`, the mean a pool over rows of channels.

    ONNX's own takes an element at a time; roots and exponentials take many at once.
    """
    ifm, shape = graph.name(op.ifm), nn.shape(op.ifm)
    size, beta = op.size.value.data, op.beta.value.data
    rows = graph.constant(np.array([1, 1, -1, shape[-1]], np.int64))
    squares = graph.add("Reshape", graph.add("Mul", ifm, ifm), rows)
    mean = graph.add(
        "AveragePool",
        squares,
        kernel_shape=[1, size],
        pads=[0, op.first, 0, size - 1 - op.first],
        count_include_pad=1,
    )
    scaled = graph.add("Mul", mean, graph.constant(op.alpha.value.data))
    total = graph.add("Add", scaled, graph.constant(op.bias.value.data))
    if beta == 0.75:
        root = graph.add("Sqrt", total)
        power = graph.add("Mul", root, graph.add("Sqrt", root))
    else:
        exponent = graph.add("Mul", graph.add("Log", total), graph.constant(beta))
        power = graph.add("Exp", exponent)
    extents = graph.constant(np.array(shape, np.int64))
    return graph.add("Div", ifm, graph.add("Reshape", power, extents))


def softmax(graph: Graph, op: nn.SoftmaxOp) -> str:
    return graph.add("Softmax", graph.name(op.ifm), axis=op.axis.value.data)


def reshape(graph: Graph, op: nn.ReshapeOp) -> str:
    extents = graph.constant(np.array(nn.shape(op.ofm), np.int64))
    return graph.add("Reshape", graph.name(op.ifm), extents)


def transpose(graph: Graph, op: nn.TransposeOp) -> str:
    order = op.permutation.get_values()
    return graph.add("Transpose", graph.name(op.ifm), perm=order)


def concat(graph: Graph, op: nn.ConcatOp) -> str:
    return graph.add("Concat", *map(graph.name, op.inputs), axis=op.axis.value.data)


def slices(graph: Graph, op: nn.SliceOp) -> str:
    starts, sizes, steps = (
        np.array(each.get_values(), np.int64)
        for each in (op.starts, op.sizes, op.strides)
    )
    bounds = starts, starts + (sizes - 1) * steps + 1, np.arange(len(starts)), steps
    return graph.add("Slice", graph.name(op.ifm), *map(graph.constant, bounds))


def padded(graph: Graph, op: nn.PadOp) -> str:
    sides = np.array([*op.low.get_values(), *op.high.get_values()], np.int64)
    value = graph.constant(op.value.value.data)
    return graph.add("Pad", graph.name(op.ifm), graph.constant(sides), value)


def dequantise(graph: Graph, op: nn.DequantiseOp) -> str:
    element = uniform(op.ifm)
    scale = graph.constant(element.scale)
    zero_point = graph.initialiser(np.array(element.zero_point, np.int8))
    return graph.add("DequantizeLinear", graph.name(op.ifm), scale, zero_point)


def clamp(graph: Graph, op: nn.ClampOp) -> str:
    name = graph.name(op.ifm)
    if op.bounds.data == nn.Clamp():
        return graph.add("Identity", name)
    return graph.clamped(name, op.bounds.data)


def pair(kind: str) -> "Say":
    """An operator on two tensors, with an activation."""

    def say(graph: Graph, op: Operation) -> str:
        assert isinstance(op, nn.BinaryOperator)
        made = graph.add(kind, graph.name(op.lhs), graph.name(op.rhs))
        return graph.clamped(made, op.activation.data)

    return say


def one(kind: str) -> "Say":
    """A function of one element."""

    def say(graph: Graph, op: Operation) -> str:
        assert isinstance(op, nn.UnaryOperator)
        return graph.add(kind, graph.name(op.ifm))

    return say


def square(graph: Graph, op: nn.SquareOp) -> str:
    return graph.add("Mul", graph.name(op.ifm), graph.name(op.ifm))


def silu(graph: Graph, op: nn.SiluOp) -> str:
    ifm = graph.name(op.ifm)
    return graph.add("Mul", ifm, graph.add("Sigmoid", ifm))


def leaky_relu(graph: Graph, op: nn.LeakyReluOp) -> str:
    return graph.add("LeakyRelu", graph.name(op.ifm), alpha=op.alpha.value.data)


Say: TypeAlias = Callable[..., str]

SAID: Mapping[type[Operation], Say] = {
    nn.Conv2dOp: conv2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MatMulOp: matmul,
    nn.MaxPool2dOp: max_pool2d,
    nn.AvgPool2dOp: avg_pool2d,
    nn.LrnOp: lrn,
    nn.SoftmaxOp: softmax,
    nn.ReshapeOp: reshape,
    nn.TransposeOp: transpose,
    nn.ConcatOp: concat,
    nn.SliceOp: slices,
    nn.PadOp: padded,
    nn.DequantiseOp: dequantise,
    nn.ClampOp: clamp,
    nn.SquareOp: square,
    nn.SiluOp: silu,
    nn.LeakyReluOp: leaky_relu,
    **{
        kind: pair(name)
        for kind, name in {
            nn.AddOp: "Add",
            nn.SubOp: "Sub",
            nn.MulOp: "Mul",
            nn.DivOp: "Div",
            nn.MinimumOp: "Min",
            nn.MaximumOp: "Max",
        }.items()
    },
    **{
        kind: one(name)
        for kind, name in {
            nn.AbsOp: "Abs",
            nn.NegOp: "Neg",
            nn.ReciprocalOp: "Reciprocal",
            nn.SqrtOp: "Sqrt",
            nn.ExpOp: "Exp",
            nn.LogOp: "Log",
            nn.FloorOp: "Floor",
            nn.CeilOp: "Ceil",
            nn.RoundOp: "Round",
            nn.TanhOp: "Tanh",
            nn.SigmoidOp: "Sigmoid",
            nn.HardSwishOp: "HardSwish",
        }.items()
    },
}
"""What says an operator in ONNX, by its kind."""


def can_say(op: nn.Operator) -> bool:
    """Whether ONNX has an operator to reals, in this form, for a runtime to compute."""
    if isinstance(op, nn.DequantiseOp):
        return True
    if type(op) not in SAID:
        return False
    if any(nn.element_type(value) != f32 for value in (*op.operands, op.ofm)):
        return False
    if isinstance(op, nn.Conv2dOp):
        return all(isinstance(each.owner, nn.WeightOp) for each in op.operands[1:])
    if isinstance(op, nn.MaxPool2dOp | nn.AvgPool2dOp):
        return nn.meets_the_map(op)
    return True


def model_of(
    operators: Sequence[nn.Operator],
    reads: Sequence[SSAValue],
    makes: Sequence[SSAValue],
    constants: Mapping[SSAValue, np.ndarray],
) -> onnx.ModelProto:
    """A model that computes some tensors from others, of float32 or int8."""
    graph = Graph(constants)
    graph.names |= {value: f"x{number}" for number, value in enumerate(reads)}
    for op in operators:
        graph.names[op.ofm] = SAID[type(op)](graph, op)
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "host",
            [_described(graph.names[value], value) for value in reads],
            [_described(graph.names[value], value) for value in makes],
            graph.initialisers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )


def _described(name: str, value: SSAValue) -> onnx.ValueInfoProto:
    reals = nn.element_type(value) == f32
    kind = TensorProto.FLOAT if reals else TensorProto.INT8
    return helper.make_tensor_value_info(name, kind, nn.shape(value))
