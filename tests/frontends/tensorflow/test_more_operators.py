"""Integers of models in training, and functions that few networks have, likewise."""

import numpy as np
import pytest


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("low, high", [(-1.1, 2.3), (0.2, 3.0), (-3.0, -0.5)])
def test_fake_quantisation(check_operator, image, low, high, bits, narrow):
    given = {"num_bits": bits, "narrow_range": narrow}
    bounds = (np.float32(low), np.float32(high))
    imported = check_operator("FakeQuantWithMinMaxVars", image, *bounds, **given)
    names = [op.name for op in imported.module.walk()]
    assert names.count("nn.quantise") == names.count("nn.dequantise") == 1


def test_fake_quantisation_by_attributes(check_operator, image):
    check_operator("FakeQuantWithMinMaxArgs", image, min=-1.5, max=2.5)


@pytest.mark.parametrize("channels", [False, True], ids=["whole", "channels"])
def test_a_fake_quantised_filter_is_kept_as_integers(
    writer, check, generator, channels
):
    """Whatever builds the network finds the scales that training has chosen."""
    x = generator.standard_normal((1, 5, 5, 3), np.float32)
    kernel = generator.standard_normal((3, 3, 3, 4), np.float32)
    low = np.array([-1.0, -2.0, -0.7, -1.3] if channels else -1.4, np.float32)
    kind = "VarsPerChannel" if channels else "Vars"
    writer.placeholder("x", x.shape)
    given = [writer.constant("low", low), writer.constant("high", -low)]
    writer.node(
        f"FakeQuantWithMinMax{kind}",
        "rounded",
        writer.constant("kernel", kernel),
        *given,
        narrow_range=True,
        num_bits=8,
    )
    writer.node("Conv2D", "y", "x", "rounded", padding="SAME", strides=[1, 1, 1, 1])
    weights = check(writer, x=x).weights
    (key,) = [key for key in weights if key.endswith("/scale")]
    assert np.allclose(weights[key], -2 * low.reshape(-1) / 254)


@pytest.mark.parametrize("axes", [[1], [0, -1]], ids=str)
def test_reverse(check_operator, image, axes):
    check_operator("ReverseV2", image, np.array(axes, np.int32))


EINSUMS = {
    "batches": ("nij,njk->nik", (2, 4, 3)),
    "turned": ("nij,nkj->kni", (2, 5, 6)),
    "outer": ("nij,k->nikj", (3,)),
    "by a matrix": ("nij,jk->nik", (6, 3)),
    "sums": ("nij,nk->k", (2, 3)),
    "the rest": ("...ij,jk->...ik", (6, 3)),
    "alone": ("nij->jn", None),
}


@pytest.mark.parametrize("equation, other", EINSUMS.values(), ids=EINSUMS)
def test_einsum(check_operator, generator, equation, other):
    x = generator.standard_normal((2, 4 if other == (2, 4, 3) else 5, 6), np.float32)
    if equation == "nij,njk->nik":
        x = x.transpose(0, 2, 1).copy()
    constants = () if other is None else (generator.standard_normal(other, np.float32),)
    check_operator("Einsum", x, *constants, equation=equation)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("axis", [1, -1])
def test_cumulative_sum(check_operator, image, axis, exclusive, reverse):
    given = {"exclusive": exclusive, "reverse": reverse}
    check_operator("Cumsum", image, np.int32(axis), **given)


@pytest.mark.parametrize("size", [(10, 5), (3, 9)], ids=str)
@pytest.mark.parametrize(
    "given", [{}, {"half_pixel_centers": True}, {"align_corners": True}]
)
def test_resize_by_cubics(check_operator, image, size, given):
    check_operator("ResizeBicubic", image, np.array(size, np.int32), **given)


@pytest.mark.parametrize("count", [1, 3])
def test_the_greatest(writer, check, image, count):
    writer.placeholder("x", image.shape)
    writer.node("TopKV2", "y", "x", writer.constant("k", np.int32(count)))
    check(writer, outputs=["y", "y:1"], x=image)


def test_the_rest_of_the_error_function(check_operator, image):
    check_operator("Erfc", image)


@pytest.mark.parametrize("operator", ["FloorDiv", "FloorMod"])
def test_division_rounded_down(check_operator, generator, image, operator):
    divisors = generator.choice([-0.7, 1.3], image.shape).astype(np.float32)
    check_operator(operator, image, divisors)
