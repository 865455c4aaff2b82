"""Quantised networks in the IR: the file's own integers, bit for bit."""

from pathlib import Path

import numpy as np
import pytest

from aipu.dialects.locations import source_name
from aipu.dialects.quant import quantisation
from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import AipuError
from aipu.frontends.formats import importer
from aipu.frontends.zhouyi_ir.constants import ConstantWriter
from aipu.passes.authoring.functions import main_function
from aipu.runtime.building.driver import Options, build
from aipu.tests.frontends.zhouyi_ir.reference import convolve, requantised

HEADER = "model_name=net\nlayer_number={}\ninput_tensors=[{}]\noutput_tensors=[{}]\n"
COMMON = """
layer_name={name}
layer_type={kind}
layer_bottom=[{bottoms}]
layer_bottom_shape=[]
layer_bottom_type=[{bottom_types}]
layer_top=[{name}]
layer_top_shape=[{shape}]
layer_top_type=[{top_type}]
layer_top_scale=[{scale}]
layer_top_zp=[{zero_point}]
"""


class Text:
    """An IR that grows layer by layer."""

    def __init__(self) -> None:
        self.layers: list[str] = []
        self.constants = ConstantWriter()
        self.types: dict[str, str] = {}
        self.inputs: list[str] = []

    def layer(self, name, kind, bottoms, shape, qtype, arrays=(), **attributes):
        """One layer; `qtype` is its type, scale and zero point."""
        top_type, scale, zero_point = qtype
        self.types[name] = top_type
        if kind == "Input":
            self.inputs.append(name)
        text = COMMON.format(
            name=name,
            kind=kind,
            bottoms=",".join(bottoms),
            bottom_types=",".join(self.types[bottom] for bottom in bottoms),
            shape=str(list(shape)).replace(" ", ""),
            top_type=top_type,
            scale=scale,
            zero_point=zero_point,
        )
        for constant, array in dict(arrays).items():
            for key, value in self.constants.add(constant, array).items():
                text += f"{key}={value}\n"
        for key, value in attributes.items():
            text += f"{key}={value}\n"
        self.layers.append(text)

    def save(self, folder: Path, output: str) -> Path:
        path = folder / "net.txt"
        header = HEADER.format(len(self.layers), ",".join(self.inputs), output)
        path.write_text(header + "".join(self.layers))
        path.with_suffix(".bin").write_bytes(self.constants.data())
        return path


def layers_of(path: Path, *inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The integers of every layer, as the IR would have them."""
    model = importer(path)(path)
    layers: dict[str, np.ndarray] = {}

    def keep(op, result):
        element = quantisation(op.results[0])
        if element is not None:
            unsigned = 128 if element.zero_point == -128 else 0
            layers[source_name(op)] = result.astype(np.int64) + unsigned

    evaluate(main_function(model.module), inputs, model.weights, observe=keep)
    return layers


def convolution(folder, qtype, arrays=(), **attributes):
    """A convolution of 3 x 3 on a map [1, 6, 6, 2] of a type, and its integers."""
    random = np.random.default_rng(7)
    weight = random.integers(-127, 128, (4, 3, 3, 2)).astype(np.int8)
    bias = random.integers(-3000, 3000, 4).astype(np.int32)
    text = Text()
    text.layer("x", "Input", [], (1, 6, 6, 2), qtype)
    text.layer(
        "conv",
        "Convolution",
        ["x"],
        (1, 6, 6, 4),
        ("uint8", 9.5, 0),
        {"biases": bias, "weights": weight, **dict(arrays)},
        num_output=4,
        group=1,
        with_activation="RELU",
        **{f"kernel_{axis}": 3 for axis in "xy"},
        **{f"pad_{side}": 1 for side in ("top", "left", "bottom", "right")},
        **attributes,
    )
    return text.save(folder, "conv"), weight.astype(np.int64), bias.astype(np.int64)


IMAGE = np.random.default_rng(8).uniform(-3, 3, (1, 6, 6, 2)).astype(np.float32)


@pytest.mark.parametrize(
    "qtype", [("int8", 40.0, 0), ("int8", 40.0, -7), ("uint8", 60.0, 0)]
)
def test_a_convolution_is_exact(tmp_path, qtype):
    """Padding stands for 0, whatever integer does; the bias holds its share."""
    kind, scale, zero_point = qtype
    path, weight, bias = convolution(tmp_path, qtype, scale_value=151, shift_value=15)
    low, high = (0, 255) if kind == "uint8" else (-128, 127)
    stored = np.clip(np.rint(IMAGE[0] * scale) - zero_point, low, high).astype(int)
    layers = layers_of(path, IMAGE)
    np.testing.assert_array_equal(layers["x"][0], stored)
    absorbed = bias - zero_point * weight.sum(axis=(1, 2, 3))
    sums = convolve(stored + zero_point, weight, stride=1, pad=1) + absorbed
    expected = requantised(sums, 151, 15, 0, 255)
    np.testing.assert_array_equal(layers["conv"][0], expected)


def test_multipliers_may_differ_from_channel_to_channel(tmp_path):
    factors = {
        "scale": np.array([100, 200, 300, 30000], np.uint16),
        "shift": np.array([14, 15, 16, 23], np.int8),
    }
    path, weight, bias = convolution(tmp_path, ("int8", 40.0, 0), factors)
    layers = layers_of(path, IMAGE)
    sums = convolve(layers["x"][0], weight, stride=1, pad=1) + bias
    for channel in range(4):
        multiplier, shift = factors["scale"][channel], factors["shift"][channel]
        np.testing.assert_array_equal(
            layers["conv"][0, ..., channel],
            requantised(sums[..., channel], int(multiplier), int(shift), 0, 255),
        )


def two_inputs(folder, kind, qtype, shape=(1, 3, 3, 2), **attributes):
    text = Text()
    text.layer("a", "Input", [], (1, 3, 3, 2), ("int8", 20.0, 0))
    text.layer("b", "Input", [], (1, 3, 3, 2), ("uint8", 50.0, 0))
    text.layer("y", kind, ["a", "b"], shape, qtype, **attributes)
    random = np.random.default_rng(9)
    inputs = random.uniform(-5, 5, (2, 1, 3, 3, 2)).astype(np.float32)
    return layers_of(text.save(folder, "y"), *inputs)


@pytest.mark.parametrize(("method", "sign"), [("ADD", 1), ("SUB", -1)])
def test_a_sum_is_exact(tmp_path, method, sign):
    layers = two_inputs(
        tmp_path,
        "Eltwise",
        ("int8", 15.0, 3),
        method=method,
        scale_value=[143, 25000, 10000],
        shift_value=22,
    )
    total = layers["a"] * 25000 + sign * layers["b"] * 10000
    shifted = np.rint(total.astype(np.float64) * 143 * 0.5**22) - 3
    np.testing.assert_array_equal(layers["y"], np.clip(shifted, -128, 127))


def test_a_product_is_exact(tmp_path):
    layers = two_inputs(
        tmp_path,
        "Eltwise",
        ("int8", 8.0, 0),
        method="MUL",
        scale_value=131,
        shift_value=14,
    )
    expected = requantised(layers["a"] * layers["b"], 131, 14, -128, 127)
    np.testing.assert_array_equal(layers["y"], expected)


@pytest.mark.parametrize("transposed", [False, True])
def test_a_product_of_matrices_is_exact(tmp_path, transposed):
    """Both feature maps have a zero point; the second may be turned."""
    text = Text()
    text.layer("a", "Input", [], (2, 3, 4), ("int8", 20.0, 5))
    shape = (2, 6, 4) if transposed else (2, 4, 6)
    text.layer("b", "Input", [], shape, ("uint8", 30.0, 0))
    text.layer(
        "ab",
        "MatMul",
        ["a", "b"],
        (2, 3, 6),
        ("int8", 4.0, -3),
        trans_a="false",
        trans_b=str(transposed).lower(),
        scale_value=219,
        shift_value=15,
    )
    random = np.random.default_rng(9)
    arrays = [
        random.uniform(-4, 4, size).astype(np.float32) for size in ((2, 3, 4), shape)
    ]
    layers = layers_of(text.save(tmp_path, "ab"), *arrays)
    rhs = layers["b"].swapaxes(1, 2) if transposed else layers["b"]
    sums = (layers["a"] + 5) @ rhs
    scaled = np.rint(sums * 219 * 0.5**15) + 3
    np.testing.assert_array_equal(layers["ab"], np.clip(scaled, -128, 127))


@pytest.mark.parametrize(
    ("method", "function"), [("MAX", np.maximum), ("MIN", np.minimum)]
)
def test_the_larger_of_two_is_exact_in_one_scale(tmp_path, method, function):
    text = Text()
    for name in "ab":
        text.layer(name, "Input", [], (1, 8), ("int8", 20.0, 5))
    text.layer(
        "y",
        "Eltwise",
        ["a", "b"],
        (1, 8),
        ("int8", 20.0, 5),
        method=method,
        with_activation="NONE",
        scale_value="[1,1,1]",
        shift_value=0,
    )
    arrays = np.random.default_rng(4).uniform(-4, 4, (2, 1, 8)).astype(np.float32)
    layers = layers_of(text.save(tmp_path, "y"), *arrays)
    np.testing.assert_array_equal(layers["y"], function(layers["a"], layers["b"]))


def test_the_parts_of_a_concat_are_rescaled(tmp_path):
    text = Text()
    for name in ("a", "b"):
        text.layer(name, "Input", [], (1, 4), ("uint8", 50.0 if name == "a" else 20, 0))
    text.layer(
        "y",
        "Concat",
        ["a", "b"],
        (1, 8),
        ("uint8", 20.0, 0),
        axis=1,
        scale_value="[205,1]",
        shift_value="[9,0]",
    )
    path = text.save(tmp_path, "y")
    a = np.array([[0.1, 1.0, 2.5, 5.0]], np.float32)
    model = importer(path)(path)
    (result,) = evaluate(main_function(model.module), [a, a], model.weights)
    rescaled = requantised(np.rint(a.astype(np.float64) * 50), 205, 9, 0, 255)
    expected = np.concatenate([rescaled, np.rint(a * 20)], axis=1) / 20
    np.testing.assert_allclose(result, expected, rtol=1e-6)


def test_a_table_is_read_from_its_least_integer(tmp_path):
    table = np.arange(255, -1, -1).astype(np.uint8)
    text = Text()
    text.layer("x", "Input", [], (1, 256), ("int8", 1.0, 0))
    text.layer(
        "y", "Activation", ["x"], (1, 256), ("uint8", 9.0, 0), {"lut": table},
        method="SIGMOID",
    )  # fmt: skip
    everything = np.arange(-128, 128, dtype=np.float32)[np.newaxis]
    layers = layers_of(text.save(tmp_path, "y"), everything)
    np.testing.assert_array_equal(layers["y"][0], table)


def test_an_average_has_multipliers_of_eight_bits(tmp_path):
    text = Text()
    text.layer("x", "Input", [], (1, 3, 3, 1), ("uint8", 25.0, 0))
    text.layer(
        "y",
        "Pooling",
        ["x"],
        (1, 2, 2, 1),
        ("uint8", 25.0, 0),
        method="AVG",
        count_include_pad="false",
        **{f"{what}_{axis}": 2 for what in ("kernel", "stride") for axis in "xy"},
    )
    image = np.random.default_rng(2).uniform(0, 10, (1, 3, 3, 1)).astype(np.float32)
    layers = layers_of(text.save(tmp_path, "y"), image)
    x = layers["x"][0, ..., 0]
    expected = [
        [np.rint(x[y : y + 2, z : z + 2].sum() / x[y : y + 2, z : z + 2].size)
         for z in (0, 2)]
        for y in (0, 2)
    ]  # fmt: skip
    np.testing.assert_array_equal(layers["y"][0, ..., 0], expected)


def test_what_nn_has_on_reals_only_is_computed_there(tmp_path):
    text = Text()
    text.layer("x", "Input", [], (1, 5), ("int8", 20.0, 0))
    text.layer("y", "Softmax", ["x"], (1, 5), ("uint8", 255.0, 0), axis=1)
    row = np.array([[0.5, -1.0, 2.0, 0.0, 1.0]], np.float32)
    layers = layers_of(text.save(tmp_path, "y"), row)
    exponentials = np.exp(layers["x"] / 20)
    expected = np.rint(exponentials / exponentials.sum() * 255)
    np.testing.assert_array_equal(layers["y"], expected)


@pytest.mark.parametrize(
    ("qtype", "message"),
    [
        (("int16", 40.0, 0), "a tensor of int16, expected int8 or uint8"),
        (("int8", -1.0, 0), "expected positive scales"),
        (("uint8", 9.0, 3), "no uint8 stands for 0"),
    ],
)
def test_other_integers_are_refused(tmp_path, qtype, message):
    text = Text()
    text.layer("x", "Input", [], (1, 5), qtype)
    path = text.save(tmp_path, "x")
    with pytest.raises(AipuError) as caught:
        importer(path)(path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"scale_value": 151, "shift_value": 64}, "a rescale of 151 >> 64"),
        ({"scale_value": 151}, "'shift_value' is missing"),
        ({"scale_value": 9, "shift_value": 9, "weights_zp": 9}, "do not fit in int8"),
    ],
)
def test_what_the_machine_cannot_do_is_refused(tmp_path, attributes, message):
    path, *_ = convolution(tmp_path, ("int8", 40.0, 0), **attributes)
    with pytest.raises(AipuError) as caught:
        importer(path)(path)
    assert message in str(caught.value)


def test_it_builds_and_runs_bit_exactly(tmp_path):
    path, *_ = convolution(tmp_path, ("int8", 40.0, 0), scale_value=151, shift_value=15)
    package = build(path, Options())
    assert package.manifest.calibration == "model"
    rows = package.verify({"x": IMAGE})
    assert rows
    assert all(row.equal for row in rows)
