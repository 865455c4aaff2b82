"""Conv, Gemm and MatMul against onnxruntime."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx


@pytest.fixture
def arrays(generator):
    """`arrays(*shapes)`: normal float32 arrays."""

    def draw(*shapes):
        return [generator.standard_normal(shape, np.float32) for shape in shapes]

    return draw


CONVOLUTIONS = {
    "plain": {},
    "strides": {"strides": [2, 3]},
    "pads": {"pads": [0, 1, 2, 3]},
    "dilations": {"dilations": [2, 1]},
    "same_upper": {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
    "same_lower": {"auto_pad": "SAME_LOWER", "strides": [2, 2]},
    "valid": {"auto_pad": "VALID", "strides": [2, 1]},
    "kernel_shape": {"kernel_shape": [3, 2]},
}


@pytest.mark.parametrize("attributes", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
@pytest.mark.parametrize("opset", [7, 11, 21])
def test_conv(check_node, arrays, attributes, opset):
    ifm, weight, bias = arrays((2, 4, 9, 8), (6, 4, 3, 2), (6,))
    check_node("Conv", ifm, weight, bias, opset=opset, **attributes)


@pytest.mark.parametrize("groups", [2, 4])
@pytest.mark.parametrize("multiple", [1, 2])
def test_conv_in_groups(check_node, arrays, groups, multiple):
    ifm, weight = arrays((1, 4, 6, 6), (4 * multiple, 4 // groups, 3, 3))
    check_node("Conv", ifm, weight, group=groups, pads=[1, 1, 1, 1])


def test_conv_without_bias_gets_zeros(check_node, arrays):
    imported = check_node("Conv", *arrays((1, 2, 4, 4), (3, 2, 1, 1)))
    assert imported.weights["node/bias"].tolist() == [0, 0, 0]


def test_conv_in_one_dimension(check_node, arrays):
    ifm, weight, bias = arrays((2, 4, 11), (6, 2, 3), (6,))
    check_node("Conv", ifm, weight, bias, strides=[2], pads=[1, 2], group=2)


def test_conv_weights_are_stored_channels_last(check_node, arrays):
    ifm, weight = arrays((1, 4, 5, 5), (6, 4, 3, 2))
    stored = check_node("Conv", ifm, weight).weights["x1"]
    assert stored.shape == (6, 3, 2, 4)
    assert stored[5, 2, 1, 3] == weight[5, 3, 2, 1]


@pytest.mark.parametrize("window", [
    {},
    {"group": 2, "strides": [2, 1, 1], "pads": [1, 0, 2, 0, 1, 2]},
    {"group": 2, "dilations": [1, 2, 1], "auto_pad": "VALID"},
])  # fmt: skip
def test_conv_of_three_dimensions_is_left_to_the_host(
    check_node, left_to_onnx, arrays, window
):
    features = 2 * window.get("group", 1)
    ifm, weight, bias = arrays((1, features, 4, 5, 4), (4, 2, 2, 2, 3), (4,))
    imported = check_node("Conv", ifm, weight, bias, **window)
    assert left_to_onnx(imported) == ["a window over a tensor of rank 5"]


@pytest.mark.parametrize("pads", [[0, 0, 0, 0], [2, 0, 1, 1]])
def test_conv_by_an_input_is_left_to_the_host(check_node, left_to_onnx, arrays, pads):
    ifm, weight = arrays((1, 2, 5, 4), (3, 2, 3, 2))
    imported = check_node("Conv", ifm, weight, inputs=2, pads=pads, strides=[2, 1])
    assert left_to_onnx(imported) == ["its input 'x1' is not constant"]


def test_transposed_convolution_of_groups_in_three_dimensions_is_unsupported(
    node_model, arrays
):
    """The implementation of onnx would add all groups up."""
    model = node_model(
        "ConvTranspose", *arrays((1, 2, 4, 4, 4), (2, 3, 1, 1, 1)), group=2
    )
    with pytest.raises(UnsupportedError, match="rank 5"):
        import_onnx(model)


@pytest.mark.parametrize("alpha, beta", [(1.0, 1.0), (0.5, 2.0)])
@pytest.mark.parametrize("transposed", [0, 1])
@pytest.mark.parametrize("row", [(3,), (1, 3), (1,), (1, 1), ()])
def test_gemm_is_one_fully_connected_layer(
    check_node, operators, arrays, alpha, beta, transposed, row
):
    lhs, rhs, offset = arrays((2, 5), (3, 5) if transposed else (5, 3), row)
    imported = check_node(
        "Gemm", lhs, rhs, offset, alpha=alpha, beta=beta, transB=transposed
    )
    assert operators(imported) == ["nn.fully_connected"]


def test_gemm_of_a_transposed_input(check_node, arrays):
    check_node("Gemm", *arrays((5, 2), (5, 3), (3,)), transA=1)


def test_gemm_adds_what_is_no_row(check_node, operators, arrays):
    for shape in ((3, 1), (3, 3)):
        imported = check_node("Gemm", *arrays((3, 5), (5, 3), shape), beta=0.5)
        assert operators(imported) == ["nn.fully_connected", "nn.mul", "nn.add"]


@pytest.mark.parametrize("transposed", [0, 1])
def test_gemm_of_inputs_is_a_matmul(check_node, operators, arrays, transposed):
    lhs, rhs, offset = arrays((2, 5), (3, 5) if transposed else (5, 3), (2, 3))
    imported = check_node(
        "Gemm", lhs, rhs, offset, inputs=3, alpha=0.5, beta=2.0, transB=transposed
    )
    assert "nn.matmul" in operators(imported)


@pytest.mark.parametrize("lhs", [(4, 5), (2, 4, 5), (2, 3, 4, 5)])
def test_matmul_by_a_matrix_is_one_fully_connected_layer(
    check_node, operators, arrays, lhs
):
    imported = check_node("MatMul", *arrays(lhs, (5, 6)))
    assert operators(imported).count("nn.fully_connected") == 1


@pytest.mark.parametrize("inputs", [1, 2])
def test_matmul_of_batches(check_node, operators, arrays, inputs):
    imported = check_node("MatMul", *arrays((2, 1, 4, 5), (3, 5, 6)), inputs=inputs)
    assert operators(imported) == ["nn.matmul"]


@pytest.mark.parametrize("lhs, rhs", [((4, 5), (5,)), ((5,), (2, 5, 3)), ((5,), (5,))])
@pytest.mark.parametrize("inputs", [1, 2])
def test_matmul_by_a_vector_is_left_to_the_host(
    check_node, left_to_onnx, arrays, lhs, rhs, inputs
):
    imported = check_node("MatMul", *arrays(lhs, rhs), inputs=inputs)
    assert left_to_onnx(imported) == ["a product with a vector"]


def test_a_convolution_stands_between_transposes(check_node, function, arrays):
    imported = check_node("Conv", *arrays((1, 2, 4, 4), (3, 2, 1, 1)))
    ops = [
        op for op in function(imported).body.block.ops if isinstance(op, nn.Operator)
    ]
    before, conv, after = ops
    assert isinstance(before, nn.TransposeOp)
    assert before.permutation.get_values() == (0, 2, 3, 1)
    assert isinstance(conv, nn.Conv2dOp)
    assert isinstance(after, nn.TransposeOp)
    assert after.permutation.get_values() == (0, 3, 1, 2)


@pytest.mark.parametrize("equation", ["bij,bjk->bki", "...ij,...jk", "aij,bjk->abk"])
def test_einsum(check_node, left_to_onnx, generator, equation):
    lhs, rhs = (
        generator.standard_normal(shape, np.float32) for shape in ((2, 3, 4), (2, 4, 5))
    )
    imported = check_node("Einsum", lhs, rhs, inputs=2, equation=equation)
    assert left_to_onnx(imported) == []


def test_einsum_of_three(check_node, left_to_onnx, generator):
    arrays = [
        generator.standard_normal(shape, np.float32) for shape in ((2, 3), (3, 4), (2,))
    ]
    imported = check_node("Einsum", *arrays, inputs=3, equation="ab,bc,a->ca")
    assert left_to_onnx(imported) == []


def test_einsum_of_a_diagonal_is_left_to_the_host(check_node, left_to_onnx, generator):
    ifm = generator.standard_normal((3, 3), np.float32)
    imported = check_node("Einsum", ifm, equation="ii->i")
    assert left_to_onnx(imported) == ["a letter twice in 'ii'"]
