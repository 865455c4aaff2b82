"""Operators against the plain walk of the graph."""

import numpy as np
import pytest

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.tests.frontends.tensorflow.conftest import IMAGE, computed
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter
from aipu.tests.frontends.tensorflow.walk import walk

FIRST = (2, 4, 7, 6)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("groups", [1, 2])
def test_conv2d(check_operator, generator, image, padding, stride, groups):
    kernel = generator.standard_normal((3, 2, 4 // groups, 6), np.float32)
    strides = [1, stride, stride, 1]
    check_operator("Conv2D", image, kernel, padding=padding, strides=strides)


@pytest.mark.parametrize("operator", ["Conv2D", "DepthwiseConv2dNative"])
def test_dilations_and_explicit_padding(check_operator, generator, image, operator):
    kernel = generator.standard_normal((3, 2, 4, 2), np.float32)
    check_operator(
        operator,
        image,
        kernel,
        padding="EXPLICIT",
        explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0],
        strides=[1, 1, 1, 1],
        dilations=[1, 2, 3, 1],
    )


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_depthwise(check_operator, generator, image, padding):
    kernel = generator.standard_normal((3, 3, 4, 2), np.float32)
    check_operator(
        "DepthwiseConv2dNative", image, kernel, padding=padding, strides=[1, 2, 2, 1]
    )


def test_conv2d_with_channels_first(check_operator, generator):
    x = generator.standard_normal(FIRST, np.float32)
    kernel = generator.standard_normal((3, 3, 4, 5), np.float32)
    check_operator(
        "Conv2D",
        x,
        kernel,
        padding="SAME",
        strides=[1, 1, 2, 1],
        data_format="NCHW",
    )


@pytest.mark.parametrize("operator", ["MaxPool", "AvgPool"])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
def test_pools(check_operator, generator, operator, padding, layout):
    shape, sides = (IMAGE, [1, 3, 2, 1]) if layout == "NHWC" else (FIRST, [1, 1, 3, 2])
    x = generator.standard_normal(shape, np.float32)
    check_operator(
        operator, x, padding=padding, ksize=sides, strides=sides, data_format=layout
    )


@pytest.mark.parametrize("operator", ["FusedBatchNorm", "FusedBatchNormV3"])
def test_batch_norm(check_operator, generator, image, operator):
    statistics = generator.uniform(0.5, 2, (4, 4)).astype(np.float32)
    check_operator(operator, image, *statistics, epsilon=0.01, is_training=False)


def test_batch_norm_in_training_is_unsupported(check_operator, image):
    with pytest.raises(UnsupportedError, match="is_training"):
        check_operator("FusedBatchNorm", image, *np.ones((4, 4)), is_training=True)


@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
def test_bias_add(check_operator, generator, layout):
    shape = IMAGE if layout == "NHWC" else FIRST
    x = generator.standard_normal(shape, np.float32)
    check_operator("BiasAdd", x, np.arange(4.0), data_format=layout)


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
def test_matmul(check_operator, generator, transpose_a, transpose_b):
    x = generator.standard_normal((4, 5)[:: -1 if transpose_a else 1], np.float32)
    matrix = generator.standard_normal((5, 3)[:: -1 if transpose_b else 1], np.float32)
    check_operator(
        "MatMul", x, matrix, transpose_a=transpose_a, transpose_b=transpose_b
    )


@pytest.mark.parametrize(
    "operator", ["Relu", "Relu6", "Elu", "Sigmoid", "Tanh", "Softmax", "Identity"]
)
def test_activations(check_operator, generator, operator):
    check_operator(operator, generator.standard_normal((3, 5), np.float32) * 5)


@pytest.mark.parametrize(
    "operator",
    [
        "Add",
        "AddV2",
        "Sub",
        "Mul",
        "RealDiv",
        "Maximum",
        "Minimum",
        "SquaredDifference",
    ],
)
def test_arithmetic(check_operator, generator, operator):
    x = generator.uniform(1, 2, (3, 5)).astype(np.float32)
    check_operator(operator, x, generator.uniform(1, 2, (3, 1)))


@pytest.mark.parametrize("operator", ["Mean", "Max", "Sum"])
@pytest.mark.parametrize("axes", [[1, 2], [-1], 1])
@pytest.mark.parametrize("keep", [False, True])
def test_reductions(check_operator, image, operator, axes, keep):
    check_operator(operator, image, axes, keep_dims=keep)


@pytest.mark.parametrize(
    ("operator", "constants", "attributes"),
    [
        ("Reshape", [[2, -1]], {}),
        ("Squeeze", [], {}),
        ("ExpandDims", [-1], {}),
        ("Transpose", [[0, 2, 1, 3]], {}),
        ("Pad", [[[0, 0], [1, 2], [0, 3], [0, 0]]], {}),
        ("PadV2", [[[0, 0], [1, 2], [0, 3], [0, 0]], 1.5], {}),
        ("MirrorPad", [[[0, 0], [1, 2], [0, 3], [0, 0]]], {"mode": "REFLECT"}),
        ("MirrorPad", [[[0, 0], [1, 2], [0, 3], [0, 0]]], {"mode": "SYMMETRIC"}),
        ("Slice", [[0, 1, 2, 0], [2, 3, -1, 1]], {}),
        ("Tile", [[1, 2, 1, 3]], {}),
        ("GatherV2", [[3, 1, 2, 2], 1], {}),
        ("Unpack", [], {"axis": 1, "num": 7}),
    ],
)
def test_movements(check_operator, image, operator, constants, attributes):
    check_operator(operator, image, *constants, **attributes)


@pytest.mark.parametrize(
    ("bounds", "masks"),
    [
        (([0, 1, 2, 0], [2, 6, 5, 4], [1, 2, 1, 1]), {}),
        (([0, 1, 2], [2, 6, 5], [1, 2, 1]), {"begin_mask": 3, "end_mask": 6}),
        (([1, 2], [2, 3], [1, 1]), {"shrink_axis_mask": 3}),
        (([0, -1], [0, 0], [1, 1]), {"ellipsis_mask": 1, "shrink_axis_mask": 2}),
        (([0, 0, 1], [2, 0, 3], [1, 1, 1]), {"new_axis_mask": 2}),
        (([0, -1], [2, 0], [1, -2]), {"end_mask": 2}),
    ],
)
def test_strided_slices(check_operator, image, bounds, masks):
    check_operator("StridedSlice", image, *bounds, **masks)


def test_splits_and_concats(writer, check, image):
    writer.placeholder("x", IMAGE)
    axis = writer.constant("axis", 3)
    writer.node("Split", "halves", axis, "x", num_split=2)
    sizes = writer.constant("sizes", [1, 3])
    writer.node("SplitV", "parts", "x", sizes, axis, num_split=2)
    writer.node("ConcatV2", "y", "halves:1", "parts", "halves", "parts:1", axis)
    check(writer, x=image)


def test_pack(writer, check, image):
    writer.placeholder("x", IMAGE)
    writer.node("Relu", "z", "x")
    writer.node("Pack", "y", "x", "z", "x", axis=2)
    check(writer, x=image)


def test_shapes_are_constants(writer, check, image):
    """`reshape(x, [shape(x)[0], -1])`, as flatten is written."""
    writer.placeholder("x", IMAGE)
    writer.node("Shape", "shape", "x")
    zero, one = writer.constant("zero", [0]), writer.constant("one", [1])
    writer.node("StridedSlice", "n", "shape", zero, one, one, shrink_axis_mask=1)
    writer.node("Pack", "target", "n", writer.constant("rest", -1))
    writer.node("Reshape", "y", "x", "target")
    check(writer, x=image)


def test_batch_norm_written_by_hand(writer, check, generator):
    """Statistics are folded when the graph is read."""
    x = generator.standard_normal((2, 5), np.float32)
    gain, offset, mean, variance = (
        writer.constant(name, generator.uniform(0.5, 2, 5))
        for name in ("gain", "offset", "mean", "variance")
    )
    writer.placeholder("x", (2, 5))
    writer.node("AddV2", "sum", variance, writer.constant("epsilon", 0.001))
    writer.node("Rsqrt", "root", "sum")
    writer.node("Mul", "scale", "root", gain)
    writer.node("Mul", "scaled", "x", "scale")
    writer.node("Mul", "shift", mean, "scale")
    writer.node("Sub", "rest", offset, "shift")
    writer.node("AddV2", "y", "scaled", "rest")
    imported = check(writer, x=x)
    names = {op.name for op in imported.module.walk()}
    assert "nn.rsqrt" not in names


def space_to_batch(x: np.ndarray, block, pads) -> np.ndarray:
    """As the documentation of TensorFlow describes it."""
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    n, rows, columns, channels = x.shape
    x = x.reshape(
        n, rows // block[0], block[0], columns // block[1], block[1], channels
    )
    return x.transpose(2, 4, 0, 1, 3, 5).reshape(
        -1, rows // block[0], columns // block[1], channels
    )


@pytest.mark.parametrize("operator", ["Conv2D", "DepthwiseConv2dNative"])
def test_space_to_batch_is_a_dilation(writer, saved, generator, operator):
    """What TensorFlow 1 writes for a dilated convolution becomes one."""
    x = generator.standard_normal((1, 9, 7, 3), np.float32)
    kernel = generator.standard_normal((3, 3, 3, 2), np.float32)
    writer.placeholder("x", x.shape)
    block = writer.constant("block", [2, 2])
    pads = writer.constant("pads", [[2, 3], [2, 3]])
    crops = writer.constant("crops", [[0, 1], [0, 1]])
    writer.node("SpaceToBatchND", "split", "x", block, pads)
    writer.constant("kernel", kernel)
    writer.node(
        operator, "conv", "split", "kernel", padding="VALID", strides=[1, 1, 1, 1]
    )
    writer.node("BatchToSpaceND", "y", "conv", block, crops)
    imported = import_tensorflow(saved(writer))
    names = [op.name for op in imported.module.walk()]
    assert names.count("nn.conv2d") == 1
    assert "nn.transpose" not in names

    plain = GraphWriter()
    plain.placeholder("x", x.shape)
    plain.constant("kernel", kernel)
    plain.node(
        operator,
        "y",
        "x",
        "kernel",
        padding="SAME",
        strides=[1, 1, 1, 1],
        dilations=[1, 2, 2, 1],
    )
    (expected,) = walk(_with_explicit_padding(plain), {"x": x}, ["y"])
    (found,) = computed(imported, [x])
    assert np.abs(found - expected).max() < 1e-5


def _with_explicit_padding(writer):
    """SAME at stride 1 and dilation 2, for a kernel of 3: two pixels at each side."""
    node = writer.proto.node[-1]
    node.attr["padding"].s = b"EXPLICIT"
    node.attr["explicit_paddings"].list.i.extend([0, 0, 2, 2, 2, 2, 0, 0])
    return writer.proto


def test_space_to_batch_alone(writer, saved, generator):
    x = generator.standard_normal((2, 4, 6, 3), np.float32)
    writer.placeholder("x", x.shape)
    block = writer.constant("block", [2, 3])
    pads = writer.constant("pads", [[1, 1], [0, 0]])
    writer.node("SpaceToBatchND", "z", "x", block, pads)
    writer.node("Relu", "r", "z")
    writer.node("BatchToSpaceND", "y", "r", block, pads)
    path = saved(writer)
    (split,) = computed(import_tensorflow(path, outputs=["z"]), [x])
    assert np.array_equal(split, space_to_batch(x, (2, 3), [(1, 1), (0, 0)]))
    (whole,) = computed(import_tensorflow(path, outputs=["y"]), [x])
    assert np.array_equal(whole, np.maximum(x, 0))


def test_unsupported_operators_are_all_listed(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node("Lgamma", "first", "x")
    writer.node("Relu", "between", "first")
    writer.node("Digamma", "second", "between")
    with pytest.raises(UnsupportedError) as caught:
        import_tensorflow(saved(writer))
    assert "node 'first' (Lgamma)" in str(caught.value)
    assert "node 'second' (Digamma)" in str(caught.value)


def test_a_graph_with_variables_is_not_frozen(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node("VariableV2", "weights")
    writer.node("Add", "y", "x", "weights")
    with pytest.raises(UnsupportedError, match="not frozen"):
        import_tensorflow(saved(writer))


def test_shapes_that_do_not_fit_name_the_node(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node("MatMul", "y", "x", writer.constant("w", np.ones((5, 2))))
    with pytest.raises(AipuError, match=r"4.*5|5.*4") as caught:
        import_tensorflow(saved(writer))
    assert caught.value.place == "node 'y' (MatMul)"
