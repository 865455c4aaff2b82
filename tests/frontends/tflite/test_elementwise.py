"""Operators on every element alike, against TFLite's own runtime."""

import numpy as np
import pytest

UNARY = [
    "ABS",
    "NEG",
    "EXP",
    "SIN",
    "COS",
    "FLOOR",
    "CEIL",
    "ROUND",
    "SQUARE",
    "LOGISTIC",
    "TANH",
    "HARD_SWISH",
    "ELU",
    "RELU",
    "RELU6",
    "RELU_N1_TO_1",
    "RELU_0_TO_1",
]
OF_POSITIVE = ["LOG", "SQRT", "RSQRT"]
BINARY = ["ADD", "SUB", "MUL", "DIV"]
PLAIN_BINARY = ["MINIMUM", "MAXIMUM", "SQUARED_DIFFERENCE"]


@pytest.fixture
def ifm(generator):
    return generator.standard_normal((2, 3, 5), np.float32) * 4


@pytest.mark.parametrize("kind", UNARY)
def test_unary(check, ifm, kind):
    check(kind, ifm)


@pytest.mark.parametrize("kind", OF_POSITIVE)
def test_unary_of_positive_numbers(check, ifm, kind):
    check(kind, np.abs(ifm) + 0.1)


@pytest.mark.parametrize("shape", [(2, 3, 5), (5,), (3, 1), ()], ids=str)
@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize("kind", [*BINARY, *PLAIN_BINARY])
def test_binary(check, ifm, generator, kind, constant, shape):
    other = generator.uniform(0.5, 2, shape).astype(np.float32)
    options = {}
    if kind in BINARY:
        name = kind.capitalize()
        options = {"options_type": f"{name}Options", "FusedActivationFunction": 1}
    check(kind, ifm, other, variable=[0] if constant else [0, 1], **options)


def test_power(check, ifm, generator):
    exponent = generator.uniform(0.5, 2, (5,)).astype(np.float32)
    check("POW", np.abs(ifm), exponent)


def test_sum_of_many(check, ifm):
    check("ADD_N", ifm, ifm + 1, ifm * 2, variable=[0, 1, 2])


def test_leaky_relu(check, ifm):
    check("LEAKY_RELU", ifm, Alpha=0.3, options_type="LeakyReluOptions")


def test_prelu(check, ifm, generator):
    check("PRELU", ifm, generator.uniform(0, 1, (1, 1, 5)).astype(np.float32))


@pytest.mark.parametrize("approximate", [False, True])
def test_gelu(check, ifm, approximate):
    check("GELU", ifm, Approximate=approximate, options_type="GeluOptions")
