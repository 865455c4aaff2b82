"""Small TFLite files: quantised layers of each kind, and a recurrent one."""

from collections.abc import Mapping, Sequence

import numpy as np

from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

RELU6, TANH = 3, 4
STEPS, BATCH, FEATURES, CELLS, UNITS = 4, 2, 3, 5, 2
INPUT_SCALE, SCALE = 0.02, 0.05
PROBABILITY = 1 / 256
"""What TFLite demands as the scale of a softmax."""


def quantised_file(dtype: str = "int8") -> bytes:
    """Two convolutions, a pool, a fully connected layer and a softmax, in integers.

    int8 weights have a scale for every channel, uint8 ones a scale and a zero point.
    """
    return tflite_file(*_Layers(dtype).network())


class _Layers:
    def __init__(self, dtype: str):
        self.dtype = dtype
        self.unsigned = dtype == "uint8"
        self.generator = np.random.default_rng(0)
        self.tensors: list[Tensor] = []

    def network(
        self,
    ) -> tuple[Sequence[Tensor], Sequence[Operator], Sequence[str], Sequence[str]]:
        self.activation("image", (1, 8, 8, 3), INPUT_SCALE, -5)
        self.weights("conv", (8, 3, 3, 3), 0, INPUT_SCALE)
        self.activation("conv", (1, 4, 4, 8), SCALE, -128)
        self.weights("depth", (1, 3, 3, 8), 3, SCALE)
        self.activation("depth", (1, 4, 4, 8), SCALE, -10)
        self.activation("pool", (1, 2, 2, 8), SCALE, -10)
        self.activation("flat", (1, 32), SCALE, -10)
        self.weights("classes", (10, 32), 0, SCALE)
        self.activation("classes", (1, 10), SCALE, 3)
        self.activation("scores", (1, 10), PROBABILITY, -128)
        self.tensors.append(Tensor("target", np.array([1, 32], np.int32)))
        two = {"StrideH": 2, "StrideW": 2}
        one = {"StrideH": 1, "StrideW": 1}
        pool = {"FilterHeight": 2, "FilterWidth": 2, **two}
        window = {"DepthMultiplier": 1, **one}
        conv = {"FusedActivationFunction": RELU6, **two}
        beta = {"Beta": 1.0}
        operators = [
            layer("CONV_2D", "image", "conv", "Conv2DOptions", conv),
            layer(
                "DEPTHWISE_CONV_2D", "conv", "depth", "DepthwiseConv2DOptions", window
            ),
            Operator("AVERAGE_POOL_2D", ["depth"], ["pool"], pool, "Pool2DOptions"),
            Operator("RESHAPE", ["pool", "target"], ["flat"]),
            layer("FULLY_CONNECTED", "flat", "classes", "FullyConnectedOptions"),
            Operator("SOFTMAX", ["classes"], ["scores"], beta, "SoftmaxOptions"),
        ]
        return self.tensors, operators, ["image"], ["scores"]

    def activation(
        self, name: str, shape: Sequence[int], scale: float, zero_point: int
    ) -> None:
        zero_point += 128 * self.unsigned
        kind = {"dtype": self.dtype, "scale": [scale], "zero_point": [zero_point]}
        self.tensors.append(Tensor(name, shape=shape, **kind))

    def weights(
        self, name: str, shape: Sequence[int], axis: int, ifm_scale: float
    ) -> None:
        """The weight and the bias of a layer, stored as integers."""
        channels = 1 if self.unsigned else shape[axis]
        scale = self.generator.uniform(0.01, 0.02, channels).astype(np.float32)
        stored = self.generator.integers(-127, 128, shape)
        zero_point = [110] if self.unsigned else []
        stored = (stored + 128 * self.unsigned).astype(self.dtype)
        self.tensors.append(
            Tensor(f"{name}/w", stored, scale=scale.tolist(), axis=axis)
        )
        self.tensors[-1].zero_point = zero_point
        bias = self.generator.integers(-99, 99, shape[axis]).astype(np.int32)
        steps = (scale * np.float32(ifm_scale)).tolist()
        self.tensors.append(Tensor(f"{name}/b", bias, scale=steps))


def layer(
    kind: str,
    ifm: str,
    ofm: str,
    options_type: str,
    options: Mapping[str, object] = {},
) -> Operator:
    """A layer with the weight and the bias that are named after its result."""
    reads = [ifm, f"{ofm}/w", f"{ofm}/b"]
    return Operator(kind, reads, [ofm], options, options_type)


def lstm_file(
    *,
    coupled: bool = False,
    peepholes: bool = False,
    projection: bool = False,
    **options: object,
) -> bytes:
    """A layer with random weights for what it has."""
    generator = np.random.default_rng(0)
    units = UNITS if projection else CELLS
    shapes: dict[int, tuple[int, ...]] = {}
    shapes |= dict.fromkeys(range(1, 5), (CELLS, FEATURES))
    shapes |= dict.fromkeys(range(5, 9), (CELLS, units))
    shapes |= dict.fromkeys(range(12, 16), (CELLS,))
    if peepholes:
        shapes |= dict.fromkeys((9, 10, 11), (CELLS,))
    if projection:
        shapes |= {16: (units, CELLS), 17: (units,)}
    reads = ["x", *("" for _ in range(17)), "hidden", "cell"]
    tensors: list[Tensor] = []
    for at, shape in shapes.items():
        if not (coupled and at in (1, 5, 9, 12)):
            reads[at] = f"w{at}"
            array = generator.standard_normal(shape, np.float32) * np.float32(0.5)
            tensors.append(Tensor(reads[at], array))
    lead = (STEPS, BATCH) if options.get("TimeMajor") else (BATCH, STEPS)
    tensors += [
        Tensor("x", shape=(*lead, FEATURES)),
        Tensor("hidden", shape=(BATCH, units), variable=True),
        Tensor("cell", shape=(BATCH, CELLS), variable=True),
        Tensor("y", shape=(*lead, units)),
    ]
    given = {"FusedActivationFunction": TANH, **options}
    options_type = "UnidirectionalSequenceLSTMOptions"
    kind = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    return tflite_file(
        tensors, [Operator(kind, reads, ["y"], given, options_type)], ["x"], ["y"]
    )
