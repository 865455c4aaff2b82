"""What a `.bin` file holds for each operator, in order: one table.

Sources: the weight tables of ncnn's docs/developer-guide/operators.md, and the ncnn
package itself, which the tests read the same files with.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from ...errors import AipuError
from .param_file import NcnnLayer, integer


class Stored(Enum):
    """How an array begins: with a word that says its type, or at once with float32."""

    TAGGED = auto()
    PLAIN = auto()


class Slot(NamedTuple):
    """An array of `size` elements in the file."""

    size: int
    stored: Stored


Layout = Callable[[NcnnLayer], Sequence[Slot]]


def tagged(*sizes: int) -> list[Slot]:
    return [Slot(size, Stored.TAGGED) for size in sizes]


def plain(*sizes: int) -> list[Slot]:
    return [Slot(size, Stored.PLAIN) for size in sizes]


def none(layer: NcnnLayer) -> list[Slot]:
    return []


def convolution(layer: NcnnLayer) -> list[Slot]:
    """The weight, the bias; in int8 the scales of the weight, of bottom and of top."""
    outputs, groups = integer(layer, 0, 0), integer(layer, 7, 1)
    slots = tagged(integer(layer, 6, 0))
    slots += plain(outputs) if integer(layer, 5, 0) else []
    term = integer(layer, 8, 0)
    if layer.operator == "Convolution":
        slots += plain(outputs, 1) if term else []
    elif term in (1, 101):
        slots += plain(groups, 1)
    elif term in (2, 102):
        slots += plain(1, 1)
    return slots + (plain(1) if term > 100 else [])


def deconvolution(layer: NcnnLayer) -> list[Slot]:
    outputs = integer(layer, 0, 0)
    bias = plain(outputs) if integer(layer, 5, 0) else []
    return tagged(integer(layer, 6, 0)) + bias


def inner_product(layer: NcnnLayer) -> list[Slot]:
    """The weight, the bias; in int8 the scales of the weight and of the bottom."""
    outputs = integer(layer, 0, 0)
    bias = plain(outputs) if integer(layer, 1, 0) else []
    scales = plain(outputs, 1) if integer(layer, 8, 0) else []
    return tagged(integer(layer, 2, 0)) + bias + scales


def batch_norm(layer: NcnnLayer) -> list[Slot]:
    return plain(*[integer(layer, 0, 0)] * 4)


def scale(layer: NcnnLayer) -> list[Slot]:
    """Nothing if it is -233: the scale is a bottom."""
    channels = integer(layer, 0, 0)
    if channels == -233:
        return []
    return plain(channels, *[channels] * bool(integer(layer, 1, 0)))


def first(layer: NcnnLayer) -> list[Slot]:
    """As many as parameter 0 says."""
    return plain(integer(layer, 0, 0))


def memory_data(layer: NcnnLayer) -> list[Slot]:
    count = 1
    for number in (0, 1, 11, 2):
        count *= integer(layer, number, 0) or 1
    return tagged(count) if integer(layer, 21, 1) == 0 else plain(count)


def layer_norm(layer: NcnnLayer) -> list[Slot]:
    return plain(*[integer(layer, 0, 0)] * 2) if integer(layer, 2, 1) else []


def group_norm(layer: NcnnLayer) -> list[Slot]:
    return plain(*[integer(layer, 1, 0)] * 2) if integer(layer, 3, 1) else []


def normalize(layer: NcnnLayer) -> list[Slot]:
    return plain(integer(layer, 3, 0))


def padding(layer: NcnnLayer) -> list[Slot]:
    count = integer(layer, 6, 0)
    return plain(count) if count else []


def gemm(layer: NcnnLayer) -> list[Slot]:
    """A [M, K], B [N, K] and C, as far as they are constants."""
    if integer(layer, 18, 0):
        raise AipuError("a Gemm with weights of int8 is not read", place=layer.place)
    rows, columns, depth = (integer(layer, number, 0) for number in (7, 8, 9))
    slots = tagged(rows * depth) if integer(layer, 4, 0) else []
    slots += tagged(columns * depth) if integer(layer, 5, 0) else []
    counts = {0: 1, 1: rows, 2: rows, 3: rows * columns, 4: columns}
    kind = integer(layer, 10, 0)
    constant = integer(layer, 6, 0) and kind in counts
    return slots + (tagged(counts[kind]) if constant else [])


def attention(layer: NcnnLayer) -> list[Slot]:
    """Weight and bias of queries, keys, values and outputs."""
    features, weight = integer(layer, 0, 0), integer(layer, 2, 0)
    keys, values = (integer(layer, number, features) for number in (3, 4))
    sizes = (weight, features * keys, features * values, weight)
    return [slot for size in sizes for slot in (*tagged(size), *plain(features))]


LAYOUTS: Mapping[str, Layout] = {
    "Convolution": convolution,
    "ConvolutionDepthWise": convolution,
    "Deconvolution": deconvolution,
    "DeconvolutionDepthWise": deconvolution,
    "InnerProduct": inner_product,
    "BatchNorm": batch_norm,
    "Scale": scale,
    "Bias": first,
    "PReLU": first,
    "InstanceNorm": layer_norm,
    "MemoryData": memory_data,
    "LayerNorm": layer_norm,
    "GroupNorm": group_norm,
    "Normalize": normalize,
    "Padding": padding,
    "Gemm": gemm,
    "MultiHeadAttention": attention,
    "Quantize": first,
    **dict.fromkeys(
        (
            "AbsVal",
            "ArgMax",
            "BinaryOp",
            "BNLL",
            "Cast",
            "Clip",
            "Concat",
            "Crop",
            "DetectionOutput",
            "Dropout",
            "ELU",
            "Eltwise",
            "Exp",
            "ExpandDims",
            "Flatten",
            "GELU",
            "HardSigmoid",
            "HardSwish",
            "Input",
            "Interp",
            "LRN",
            "Log",
            "MVN",
            "MatMul",
            "Mish",
            "Noop",
            "Packing",
            "Permute",
            "PixelShuffle",
            "Pooling",
            "Power",
            "PriorBox",
            "ReLU",
            "Reduction",
            "Reorg",
            "Reshape",
            "SELU",
            "ShuffleChannel",
            "Sigmoid",
            "Slice",
            "Softmax",
            "Softplus",
            "Split",
            "Squeeze",
            "Swish",
            "TanH",
            "Threshold",
            "Tile",
            "UnaryOp",
            "YoloDetectionOutput",
            "Yolov3DetectionOutput",
        ),
        none,
    ),
}
