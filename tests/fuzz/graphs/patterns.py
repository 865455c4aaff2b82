"""What a graph grows by: several nodes that exporters write for one operator."""

import numpy as np

from aipu.tests.fuzz.graphs.sketch import Sketch, TakenBackError


def mean(sketch: Sketch, ifm: str, axis: int) -> str:
    if sketch.opset >= 18:
        return sketch.node("ReduceMean", ifm, sketch.constant([axis]), keepdims=1)
    return sketch.node("ReduceMean", ifm, axes=[axis], keepdims=1)


def layer_norm(sketch: Sketch, ifm: str) -> str:
    """LayerNorm, written out; by a product or a power, by division or not."""
    centred = sketch.node("Sub", ifm, mean(sketch, ifm, -1))
    squares = square(sketch, centred)
    variance = sketch.node(
        "Add", mean(sketch, squares, -1), sketch.constant(sketch.one_of(1e-5, 1e-2))
    )
    normal = sketch.node("Div", centred, sketch.node("Sqrt", variance))
    gain = sketch.weight(sketch.shape(ifm)[-1], positive=True)
    return sketch.node("Mul", normal, gain)


def square(sketch: Sketch, ifm: str) -> str:
    if sketch.chance():
        return sketch.node("Mul", ifm, ifm)
    return sketch.node("Pow", ifm, sketch.constant(2.0))


def rms_norm(sketch: Sketch, ifm: str) -> str:
    squares = mean(sketch, square(sketch, ifm), -1)
    root = sketch.node("Sqrt", sketch.node("Add", squares, sketch.constant(1e-2)))
    if sketch.chance():
        return sketch.node("Div", ifm, root)
    return sketch.node("Mul", ifm, sketch.node("Reciprocal", root))


def gelu(sketch: Sketch, ifm: str) -> str:
    inner = sketch.node("Div", ifm, sketch.constant(float(np.sqrt(2))))
    one = sketch.node("Add", sketch.node("Erf", inner), sketch.constant(1.0))
    return sketch.node("Mul", sketch.node("Mul", ifm, one), sketch.constant(0.5))


def gated(sketch: Sketch, ifm: str) -> str:
    """SiLU, Mish or HardSwish as a product."""
    match sketch.one_of("silu", "mish", "swish"):
        case "silu":
            gate = sketch.node("Sigmoid", ifm)
        case "mish":
            gate = sketch.node("Tanh", sketch.node("Softplus", ifm))
        case _:
            gate = sketch.node("HardSigmoid", ifm, alpha=1 / 6, beta=0.5)
    return sketch.node("Mul", *((ifm, gate) if sketch.chance() else (gate, ifm)))


def squeeze_and_excite(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    if len(shape) != 4:
        raise TakenBackError("no image")
    channels, inner = shape[1], sketch.integer(1, 4)
    pooled = sketch.node("GlobalAveragePool", ifm)
    few = sketch.node("Conv", pooled, sketch.weight(inner, channels, 1, 1))
    many = sketch.node(
        "Conv", sketch.node("Relu", few), sketch.weight(channels, inner, 1, 1)
    )
    return sketch.node("Mul", ifm, sketch.node("Sigmoid", many))


def attention(sketch: Sketch, ifm: str) -> str:
    """Self-attention of [batch, steps, features] with heads, perhaps masked."""
    shape = sketch.shape(ifm)
    if len(shape) != 3:
        raise TakenBackError("no sequence")
    batch, steps, features = shape
    heads, size = sketch.integer(1, 3), sketch.integer(1, 4)
    split = sketch.constant([batch, steps, heads, size])

    def projected(order: list[int]) -> str:
        dense = sketch.node("MatMul", ifm, sketch.weight(features, heads * size))
        return sketch.node(
            "Transpose", sketch.node("Reshape", dense, split), perm=order
        )

    query, key = projected([0, 2, 1, 3]), projected([0, 2, 3, 1])
    scores = sketch.node(
        "Mul", sketch.node("MatMul", query, key), sketch.constant(size**-0.5)
    )
    if sketch.chance(0.4):
        lowest = sketch.one_of(-9e3, -100.0, -20.0)
        mask = np.where(np.tri(steps, dtype=bool), 0, lowest).astype(np.float32)
        scores = sketch.node("Add", scores, sketch.constant(mask))
    scores = sketch.node("Softmax", scores, axis=-1)
    mixed = sketch.node("MatMul", scores, projected([0, 2, 1, 3]))
    turned = sketch.node("Transpose", mixed, perm=[0, 2, 1, 3])
    return sketch.node("Reshape", turned, sketch.constant([batch, steps, heads * size]))


def rounded(sketch: Sketch, ifm: str) -> str:
    """QuantizeLinear and DequantizeLinear, as a model of its own integers has them."""
    largest = float(max(np.abs(array).max() for array in sketch.values[ifm]))
    scale = sketch.constant(largest / 127)
    zero = sketch.constant(np.array(sketch.one_of(0, 0, -5), np.int8))
    return sketch.node(
        "DequantizeLinear", sketch.node("QuantizeLinear", ifm, scale, zero), scale, zero
    )


GROWTHS = (
    layer_norm,
    rms_norm,
    gelu,
    gated,
    squeeze_and_excite,
    attention,
    attention,
    rounded,
)
