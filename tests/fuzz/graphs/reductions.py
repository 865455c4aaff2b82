"""What a graph grows by: reductions, products, normalisations and recurrent layers."""

import numpy as np

from aipu.tests.fuzz.graphs.elements import narrowed, partner
from aipu.tests.fuzz.graphs.sketch import Setting, Sketch, TakenBackError

REDUCTIONS = (
    "ReduceMean",
    "ReduceMean",
    "ReduceSum",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceSumSquare",
    "ReduceLogSum",
    "ReduceLogSumExp",
)
POSITIVE = ("ReduceLogSum", "ReduceProd")
AXES_AS_INPUT = 18
"""The opset since which all reductions, not only sums, take their axes as an input."""


def reduction(sketch: Sketch, ifm: str) -> str:
    operator, rank = sketch.one_of(*REDUCTIONS), len(sketch.shape(ifm))
    axes = [axis for axis in range(rank) if sketch.chance(0.4)] or [rank - 1]
    keep = int(sketch.chance(0.6) or len(axes) == rank)
    if operator in POSITIVE:
        ifm = narrowed(sketch, ifm, positive=True)
    if sketch.chance(0.3):
        axes = [axis - rank for axis in axes]
    if operator == "ReduceSum" or sketch.opset >= AXES_AS_INPUT:
        return sketch.node(operator, ifm, sketch.constant(axes), keepdims=keep)
    return sketch.node(operator, ifm, axes=axes, keepdims=keep)


def position(sketch: Sketch, ifm: str) -> str:
    """Where the greatest or least is, as numbers."""
    rank = len(sketch.shape(ifm))
    found = sketch.node(
        sketch.one_of("ArgMax", "ArgMin"),
        ifm,
        axis=sketch.integer(0, rank - 1),
        keepdims=int(rank == 1 or sketch.chance()),
    )
    return sketch.node("Cast", found, to=1)


def cumulative_sum(sketch: Sketch, ifm: str) -> str:
    axis = sketch.constant(np.array(sketch.integer(0, len(sketch.shape(ifm)) - 1)))
    settings: dict[str, Setting] = {
        "exclusive": sketch.integer(0, 1),
        "reverse": sketch.integer(0, 1),
    }
    return sketch.node("CumSum", ifm, axis, **settings)


def softmax(sketch: Sketch, ifm: str) -> str:
    rank = len(sketch.shape(ifm))
    operator = sketch.one_of("Softmax", "Softmax", "LogSoftmax")
    return sketch.node(operator, ifm, axis=sketch.integer(-rank, rank - 1))


def dense(sketch: Sketch, ifm: str) -> str:
    """A product with a constant matrix, as Gemm or MatMul has it."""
    shape = sketch.shape(ifm)
    outputs = sketch.integer(1, 12)
    if len(shape) != 2 or sketch.chance(0.3):
        product = sketch.node("MatMul", ifm, sketch.weight(shape[-1], outputs))
        return (
            sketch.node("Add", product, sketch.weight(outputs))
            if sketch.chance()
            else product
        )
    turned = sketch.integer(0, 1)
    matrix = sketch.weight(*((outputs, shape[1]) if turned else (shape[1], outputs)))
    bias = (sketch.weight(*sketch.one_of((outputs,), (1, outputs), (1,), ())),)
    return sketch.node(
        "Gemm",
        ifm,
        matrix,
        *(bias if sketch.chance(0.8) else ()),
        transB=turned,
        alpha=sketch.one_of(1.0, 1.0, 0.5),
        beta=sketch.one_of(1.0, 1.0, 2.0),
    )


def product(sketch: Sketch, ifm: str) -> str:
    """A product of two tensors of the graph."""
    rank = len(sketch.shape(ifm))
    if rank < 2:
        raise TakenBackError("no matrix")
    order = [*range(rank - 2), rank - 1, rank - 2]
    other = partner(sketch, ifm)
    if len(sketch.shape(other)) == rank:
        other = sketch.node("Transpose", other, perm=order)
    operands = (ifm, other) if sketch.chance() else (other, ifm)
    return sketch.node("MatMul", *operands)


def normalisation(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    if len(shape) < 3:
        return layer_normalisation(sketch, ifm)
    channels = shape[1]
    gain, offset = sketch.weight(channels, positive=True), sketch.weight(channels)
    match sketch.one_of("batch", "batch", "instance", "group", "mean", "lrn", "layer"):
        case "batch":
            mean, variance = (
                sketch.weight(channels),
                sketch.weight(channels, positive=True),
            )
            return sketch.node("BatchNormalization", ifm, gain, offset, mean, variance)
        case "instance":
            return sketch.node("InstanceNormalization", ifm, gain, offset, epsilon=1e-2)
        case "group":
            groups = sketch.one_of(*(n for n in (1, 2, 3) if channels % n == 0))
            count = channels if sketch.opset >= 21 else groups
            gain, offset = sketch.weight(count, positive=True), sketch.weight(count)
            return sketch.node(
                "GroupNormalization",
                ifm,
                gain,
                offset,
                num_groups=groups,
                epsilon=1e-2,
            )
        case "mean":
            axes = [axis for axis in range(len(shape)) if axis != 1]
            return sketch.node("MeanVarianceNormalization", ifm, axes=axes)
        case "lrn":
            return sketch.node("LRN", ifm, size=sketch.one_of(1, 2, 3, 5), alpha=0.1)
        case _:
            return layer_normalisation(sketch, ifm)


def layer_normalisation(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    axis = sketch.integer(0, len(shape) - 1)
    kept = shape[axis:]
    parameters = [sketch.weight(*kept, positive=True)]
    if sketch.chance(0.7):
        parameters.append(sketch.weight(*kept))
    if sketch.chance(0.3):
        return sketch.node("LpNormalization", ifm, axis=axis, p=sketch.one_of(1, 2))
    return sketch.node("LayerNormalization", ifm, *parameters, axis=axis, epsilon=1e-2)


def recurrent(sketch: Sketch, ifm: str) -> str:
    """A layer over [steps, batch, features], both directions; any of its outputs."""
    shape = sketch.shape(ifm)
    if len(shape) != 3 or shape[0] > 9:
        raise TakenBackError("no sequence")
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}
    operator, cells = sketch.one_of(*gates), sketch.integer(1, 6)
    direction = sketch.one_of("forward", "reverse", "bidirectional")
    both = 1 + (direction == "bidirectional")
    rows = gates[operator] * cells
    inputs = [
        sketch.weight(both, rows, shape[2]),
        sketch.weight(both, rows, cells),
        sketch.weight(both, 2 * rows) if sketch.chance(0.8) else "",
    ]
    settings: dict[str, Setting] = {"hidden_size": cells, "direction": direction}
    if operator == "GRU":
        settings["linear_before_reset"] = sketch.integer(0, 1)
    outputs = sketch.node_of(operator, (ifm, *inputs), 2, settings)
    return sketch.one_of(*outputs)


GROWTHS = (
    reduction,
    reduction,
    position,
    cumulative_sum,
    softmax,
    softmax,
    dense,
    dense,
    product,
    normalisation,
    normalisation,
    layer_normalisation,
    recurrent,
)
