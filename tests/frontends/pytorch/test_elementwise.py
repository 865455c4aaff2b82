"""Operators on two tensors or more."""

from aipu.tests.frontends.pytorch.exporting import check, check_all, operators, torch

FUNCTIONS = {
    "add": lambda x, y: x + y,
    "add with alpha": lambda x, y: torch.add(x, y, alpha=2),
    "add a number": lambda x, y: x + 3,
    "sub": lambda x, y: x - y,
    "a number less it": lambda x, y: 1 - x,
    "mul": lambda x, y: x * y,
    "mul by a number": lambda x, y: x * 0.5,
    "div": lambda x, y: x / y,
    "div by a number": lambda x, y: x / 4,
    "div rounded down": lambda x, y: torch.div(x, y, rounding_mode="floor"),
    "div rounded to zero": lambda x, y: torch.div(x, y, rounding_mode="trunc"),
    "floor_divide": lambda x, y: x // 0.3,
    "remainder": lambda x, y: x % 0.3,
    "pow": lambda x, y: y**1.5,
    "a square": lambda x, y: x**2,
    "pow of a number": lambda x, y: 2**x,
    "maximum": lambda x, y: torch.maximum(x, y),
    "minimum": lambda x, y: torch.minimum(x, y),
    "eq": lambda x, y: (x == x).to(torch.float32),
    "ne": lambda x, y: (x != y).to(torch.float32),
    "lt": lambda x, y: (x < y).float(),
    "le": lambda x, y: (x <= y).float(),
    "gt": lambda x, y: (x > 0.1).float(),
    "ge": lambda x, y: (x >= y).float(),
    "and": lambda x, y: torch.logical_and(x > 0, y > 1).float(),
    "or": lambda x, y: torch.logical_or(x > 0, y > 1).float(),
    "not": lambda x, y: (~(x > 0)).float(),
    "where": lambda x, y: torch.where(x > 0, x, y),
    "where of numbers": lambda x, y: torch.where(x > 0, 1.0, -1.0) * y,
    "masked_fill": lambda x, y: x.masked_fill(x > 0, 0.5),
    "addcmul": lambda x, y: torch.addcmul(x, x, y, value=0.5),
    "addcdiv": lambda x, y: torch.addcdiv(x, x, y, value=0.5),
    "lerp": lambda x, y: torch.lerp(x, y.expand(2, 3, 4), 0.3),
    "clamp by tensors": lambda x, y: torch.clamp(x, -y, y),
}


def test_functions_of_two_tensors():
    check_all(FUNCTIONS, torch.randn(2, 3, 4), torch.rand(3, 1) + 0.5)


def test_a_sum_is_an_addition():
    model = check(lambda x, y: x + y, torch.randn(2, 3), torch.randn(2, 3))
    assert operators(model) == ["nn.add"]


def test_a_number_is_a_weight_without_axes():
    model = check(lambda x: x * 2, torch.randn(2, 3), core=False)
    assert operators(model) == ["nn.mul"]
    assert model.weights["mul/other"].shape == ()
