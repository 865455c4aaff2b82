"""Operators that scale by a statistic, against TFLite's own runtime."""

import numpy as np
import pytest


@pytest.fixture
def ifm(generator):
    return generator.standard_normal((2, 3, 4, 6), np.float32) * 3


@pytest.mark.parametrize("beta", [1.0, 0.5])
def test_softmax(check, ifm, beta):
    check("SOFTMAX", ifm, Beta=beta, options_type="SoftmaxOptions")


def test_log_softmax(check, ifm):
    check("LOG_SOFTMAX", ifm)


def test_l2_normalization(check, ifm):
    check("L2_NORMALIZATION", ifm, options_type="L2NormOptions")


def test_local_response_normalization(check, ifm):
    given = {"Radius": 2, "Bias": 1.0, "Alpha": 0.1, "Beta": 0.75}
    kind = "LOCAL_RESPONSE_NORMALIZATION"
    check(kind, ifm, **given, options_type="LocalResponseNormalizationOptions")
