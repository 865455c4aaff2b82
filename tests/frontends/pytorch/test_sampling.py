"""Pixels at positions, and elements by their size."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.tests.frontends.pytorch.exporting import check, check_all, main, torch

functional = torch.nn.functional

GRID = torch.rand(2, 3, 4, 2) * 3 - 1.5
"""Up to half a map outside."""


def sample(grid, mode: str, padding: str, corners: bool):
    return lambda x: functional.grid_sample(
        x, grid, mode, padding, align_corners=corners
    )


SAMPLES = {
    f"{mode}, {padding}, {corners}": sample(GRID, mode, padding, corners)
    for mode in ("bilinear", "nearest", "bicubic")
    for padding in ("zeros", "border", "reflection")
    for corners in (True, False)
}


def reasons(model) -> list[str]:
    """Why nodes are left to the host."""
    ops = main(model).body.block.ops
    return [
        op.because.data
        for op in ops
        if isinstance(op, nn.OnnxNodeOp) and op.because is not None
    ]


def test_samples_at_a_grid():
    check_all(SAMPLES, torch.randn(2, 3, 5, 6))


def test_a_grid_that_is_known_is_one_product():
    same = sample(GRID[:1].expand(2, -1, -1, -1), "bilinear", "zeros", False)
    model = check(same, torch.randn(2, 3, 5, 6))
    assert not reasons(model)
    products = [
        op for op in main(model).body.block.ops if op.name.endswith("connected")
    ]
    assert len(products) == 1


class Turned(torch.nn.Module):
    """A map turned and moved."""

    def __init__(self, corners: bool):
        super().__init__()
        turn = torch.tensor([[[0.8, -0.6, 0.1], [0.6, 0.8, -0.2]]])
        self.register_buffer("turn", turn)
        self.corners = corners

    def forward(self, x):
        size = (1, 3, 4, 1)
        grid = functional.affine_grid(self.turn, size, align_corners=self.corners)
        return functional.grid_sample(x, grid, align_corners=self.corners)


@pytest.mark.parametrize("corners", [False, True])
def test_a_grid_of_a_transformation_is_known(corners):
    # torch does not decompose what it makes of the size.
    model = check(Turned(corners), torch.randn(1, 3, 5, 6), core=False)
    assert not reasons(model)


def test_a_grid_that_is_computed_is_for_the_host():
    model = check(
        lambda x, grid: functional.grid_sample(x, grid, align_corners=True),
        torch.randn(2, 3, 5, 6),
        GRID,
    )
    assert reasons(model) == ["a grid that is computed"]


def test_a_grid_for_many_pixels_is_for_the_host():
    grid = torch.rand(1, 60, 60, 2) * 2 - 1
    model = check(sample(grid, "nearest", "border", False), torch.randn(1, 1, 40, 40))
    assert reasons(model) == ["5760000 weights"]


def test_the_greatest_element():
    functions = {
        "greatest": lambda x: torch.topk(x, 1, 1)[0],
        "place": lambda x: torch.topk(x, 1, 1)[1].float(),
        "least": lambda x: torch.topk(x, 1, largest=False)[0],
    }
    check_all(functions, torch.randn(2, 5, 4))


def distinct(*shape: int):
    """Numbers of which no two are equal, in any order."""
    numbers = np.random.default_rng(0).permutation(np.prod(shape))
    return torch.from_numpy(numbers.astype(np.float32).reshape(shape))


SEVERAL = {
    "greatest": lambda x: torch.topk(x, 3, 1)[0],
    "least": lambda x: torch.topk(x, 2, largest=False)[0],
    "places": lambda x: torch.topk(x, 3, 1)[1].float(),
    "sort": lambda x: x.sort(1)[0],
    "sort downwards": lambda x: x.sort(-1, descending=True)[0],
    "argsort": lambda x: x.argsort(1).float(),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_by_their_size_are_for_the_host(name):
    assert reasons(check(SEVERAL[name], distinct(2, 5, 4)))
