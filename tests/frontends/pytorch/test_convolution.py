"""Operators that multiply and accumulate."""

import pytest

from aipu.tests.frontends.pytorch.exporting import check, check_all, operators, torch

nn = torch.nn

CONVOLUTIONS = {
    "plain": nn.Conv2d(4, 6, 3),
    "of two strides and pads": nn.Conv2d(4, 6, (3, 1), (2, 1), (1, 0), bias=False),
    "dilated": nn.Conv2d(4, 6, 3, padding=2, dilation=2),
    "in groups": nn.Conv2d(4, 6, 3, groups=2),
    "depthwise": nn.Conv2d(4, 4, 3, groups=4),
    "padded by name": nn.Conv2d(4, 6, (3, 4), padding="same"),
    "not padded by name": nn.Conv2d(4, 6, 3, padding="valid"),
    "transposed": nn.ConvTranspose2d(4, 6, 3, 2, 1, output_padding=(1, 0)),
    "transposed in groups": nn.ConvTranspose2d(4, 6, (2, 3), 2, groups=2, bias=False),
    "transposed and dilated": nn.ConvTranspose2d(4, 2, 3, dilation=2),
}

ROWS = {
    "conv1d": nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2),
    "padded by name": nn.Conv1d(4, 6, 4, padding="same"),
    "conv_transpose1d": nn.ConvTranspose1d(4, 6, 3, 2, output_padding=1),
    "linear over the last axis": nn.Linear(9, 5),
    "linear without a bias": nn.Linear(9, 5, bias=False),
}

MATRIX = torch.randn(5, 7)

PRODUCTS = {
    "matmul": lambda x, y: x @ y,
    "matmul by a constant": lambda x, y: x @ MATRIX,
    "matmul of a constant": lambda x, y: MATRIX.t() @ y[0],
    "bmm": lambda x, y: torch.bmm(x, y),
    "baddbmm": lambda x, y: torch.baddbmm(x[:, :, :1], x, y, beta=0.5, alpha=2),
    "mm": lambda x, y: torch.mm(x[0], y[1]),
    "addmm": lambda x, y: torch.addmm(x[0, :, :1], x[0], y[1], beta=2, alpha=0.5),
    "a row by a matrix": lambda x, y: x[0, 0] @ y[0],
    "a matrix by a column": lambda x, y: x[0] @ y[0, :, 0],
    "matrices by a column": lambda x, y: x @ y[0, :, 0],
    "a row by a column": lambda x, y: x[0, 0] @ y[0, :, 0],
}


def test_convolutions():
    check_all(CONVOLUTIONS, torch.randn(2, 4, 9, 8))


def test_layers_over_rows():
    check_all(ROWS, torch.randn(2, 4, 9))


def test_products():
    check_all(PRODUCTS, torch.randn(2, 3, 5), torch.randn(2, 5, 4))


def test_a_convolution_of_one_image_without_a_batch():
    check(nn.Conv2d(4, 6, 3), torch.randn(4, 9, 8))


@pytest.mark.parametrize("bias", [True, False])
def test_a_linear_layer_is_fully_connected(bias):
    model = check(nn.Linear(6, 5, bias), torch.randn(3, 6))
    assert operators(model) == ["nn.fully_connected"]


def test_weights_keep_their_names():
    model = check(nn.Sequential(nn.Conv2d(2, 3, 1), nn.ReLU()), torch.randn(1, 2, 4, 4))
    assert set(model.weights) == {"0.weight", "0.bias"}
    assert model.weights["0.weight"].shape == (3, 1, 1, 2)
