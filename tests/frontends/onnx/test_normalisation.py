"""Normalisation against onnxruntime."""

import numpy as np
import pytest

from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx


@pytest.fixture
def statistics(generator):
    return generator.uniform(0.5, 2, (4, 5)).astype(np.float32)


@pytest.mark.parametrize("shape", [(2, 5), (2, 5, 3), (2, 5, 3, 4)])
@pytest.mark.parametrize("opset", [7, 9, 15])
def test_batch_normalization(check_node, generator, statistics, shape, opset):
    ifm = generator.standard_normal(shape, np.float32)
    check_node("BatchNormalization", ifm, *statistics, opset=opset, epsilon=0.01)


def test_the_default_epsilon(check_node, generator, statistics):
    ifm = generator.standard_normal((2, 5, 3, 4), np.float32)
    gain, offset, mean, _ = statistics
    variance = np.full(5, 1e-5, np.float32)
    check_node("BatchNormalization", ifm, gain, offset, mean, variance)


def test_batch_normalization_in_training_is_unsupported(node_model, statistics):
    ifm = np.zeros((2, 5, 3, 4), np.float32)
    model = node_model(
        "BatchNormalization", ifm, *statistics, opset=15, training_mode=1
    )
    with pytest.raises(UnsupportedError, match="training_mode"):
        import_onnx(model)


@pytest.mark.parametrize("size", [3, 5])
def test_lrn(check_node, generator, size):
    ifm = generator.standard_normal((1, 7, 3, 4), np.float32)
    check_node("LRN", ifm, size=size)
    check_node("LRN", ifm, size=size, alpha=0.3, beta=0.5, bias=2.0)


@pytest.mark.parametrize("operator", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize("opset", [7, 11, 13])
@pytest.mark.parametrize("attributes", [{}, {"axis": 1}, {"axis": 2}, {"axis": -1}])
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 6, 1, 1)])
def test_softmax(check_node, generator, operator, opset, attributes, shape):
    ifm = generator.standard_normal(shape, np.float32) * 4
    if opset == 7 and attributes == {"axis": -1}:
        attributes = {"axis": 3}  # opset 7 counts from the front only
    check_node(operator, ifm, opset=opset, **attributes)


def test_log_softmax_of_distant_reals(check_node):
    check_node("LogSoftmax", np.array([[0.0, 200.0, 90.0]], np.float32))


@pytest.mark.parametrize("axes", [(0, 2, 3), (1, 2)])
@pytest.mark.parametrize("size", [1.0, 1e-3])
def test_little_is_added_to_the_deviation_not_to_the_variance(
    check_node, generator, axes, size
):
    ifm = size * generator.standard_normal((2, 3, 4, 5), np.float32)
    check_node("MeanVarianceNormalization", ifm.astype(np.float32), axes=axes)
