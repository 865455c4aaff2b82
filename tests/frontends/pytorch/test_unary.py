"""Functions of one element."""

import pytest

from aipu.tests.frontends.pytorch.exporting import check, check_all, torch

functional = torch.nn.functional

FUNCTIONS = {
    "relu": torch.relu,
    "relu6": functional.relu6,
    "hardtanh": lambda x: functional.hardtanh(x, -0.5, 0.7),
    "clamp": lambda x: x.clamp(-0.3, 0.4),
    "clamp of one bound": lambda x: x.clamp(max=0.4).clamp_min(-0.2),
    "abs": torch.abs,
    "neg": torch.neg,
    "sign": torch.sign,
    "square": torch.square,
    "exp": torch.exp,
    "expm1": torch.expm1,
    "sin": torch.sin,
    "cos": torch.cos,
    "floor": torch.floor,
    "ceil": torch.ceil,
    "round": torch.round,
    "trunc": lambda x: torch.trunc(3 * x),
    "erf": torch.erf,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": functional.silu,
    "mish": functional.mish,
    "gelu": functional.gelu,
    "gelu of tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "softplus": lambda x: functional.softplus(x, beta=2),
    "softsign": functional.softsign,
    "log_sigmoid": functional.logsigmoid,
    "hardswish": functional.hardswish,
    "hardsigmoid": functional.hardsigmoid,
    "leaky_relu": lambda x: functional.leaky_relu(x, 0.2),
    "elu": lambda x: functional.elu(x, 0.7),
    "selu": functional.selu,
    "celu": lambda x: functional.celu(x, 0.7),
    "softshrink": functional.softshrink,
    "hardshrink": functional.hardshrink,
    "tanhshrink": functional.tanhshrink,
    "threshold": lambda x: functional.threshold(x, 0.3, 0.0),
    "dropout": torch.nn.Dropout(0.5).eval(),
}

POSITIVE = {
    "sqrt": torch.sqrt,
    "rsqrt": torch.rsqrt,
    "reciprocal": torch.reciprocal,
    "log": torch.log,
    "log2": torch.log2,
    "log10": torch.log10,
    "log1p": torch.log1p,
}


def test_functions():
    check_all(FUNCTIONS, torch.randn(2, 3, 4))


def test_functions_of_positive_numbers():
    check_all(POSITIVE, torch.rand(2, 3, 4) + 0.1)


@pytest.mark.parametrize("slopes", [1, 3])
def test_prelu(slopes):
    check(torch.nn.PReLU(slopes), torch.randn(2, 3, 4, 5))
