"""Sums of products, and weights that a network holds as others."""

import pytest

from aipu.errors import UnsupportedError
from aipu.tests.frontends.pytorch.exporting import (
    check,
    check_all,
    exported,
    imported,
    operators,
    torch,
)

PRODUCTS = {
    "einsum of matrices": lambda x: torch.einsum("nchw,ncwk->nhk", x, x.mT),
    "einsum of one": lambda x: torch.einsum("nchw->nwc", x),
    "einsum of the rest": lambda x: torch.einsum(
        "...hw,wk->...kh", x, x[0, 0, :, :3].mT
    ),
    "outer product": lambda x: torch.einsum("nc,nd->ncd", x[..., 0, 0], x[..., 1, 1]),
    "einsum of three": lambda x: torch.einsum(
        "nchw,nd,wk->dnk", x, x[..., 0, 0], x[0, 0].mT
    ),
    "cumsum": lambda x: x.cumsum(1),
    "cumsum from the end": lambda x: x.cumsum(-1),
    "matrix and vector": lambda x: torch.mv(x[0, 0], x[1, 1, 0]),
    "two vectors": lambda x: torch.dot(x[0, 0, 0], x[1, 1, 1]),
    "glu": lambda x: torch.nn.functional.glu(x, 1),
    "glu of the last axis": lambda x: torch.nn.functional.glu(x[..., :2]),
}


@pytest.mark.filterwarnings("ignore")
def test_products():
    check_all(PRODUCTS, torch.randn(2, 4, 6, 3))


NORMALISED = {
    "weight_norm": lambda layer: torch.nn.utils.parametrizations.weight_norm(layer),
    "weight_norm of inputs": lambda layer: torch.nn.utils.parametrizations.weight_norm(
        layer, dim=1
    ),
    "weight_norm of all": lambda layer: torch.nn.utils.parametrizations.weight_norm(
        layer,
        dim=None,  # pyright: ignore[reportArgumentType]  # as torch has it
    ),
    "spectral_norm": lambda layer: torch.nn.utils.spectral_norm(layer),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NORMALISED)
def test_a_weight_of_a_direction_and_a_size_is_computed(name):
    layer = NORMALISED[name](torch.nn.Conv2d(3, 4, 3))
    model = check(layer, torch.randn(1, 3, 5, 5))
    assert "nn.conv2d" in operators(model)
    assert "nn.div" not in operators(model)


def test_the_sum_of_a_diagonal_is_refused():
    program = exported(lambda x: torch.einsum("aab->b", x), [torch.ones(3, 3, 2)])
    with pytest.raises(UnsupportedError, match="a letter twice in 'aab'"):
        imported(program)
