"""Names, and cuts at tensors by their names."""

import pytest

from aipu.dialects.locations import source_name
from aipu.errors import AipuError
from aipu.passes.authoring.functions import input_name, output_name
from aipu.tests.frontends.pytorch.exporting import (
    error,
    exported,
    imported,
    main,
    operators,
    reference,
    results,
    torch,
)

nn = torch.nn


class Two(nn.Module):
    """Two inputs, and outputs in a dictionary."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
        self.last = nn.Linear(3, 2)

    def forward(self, left, right):
        middle = self.first(left) + right
        return {"out": self.last(middle), "middle": middle}


@pytest.fixture(scope="module")
def program():
    return exported(Two(), [torch.randn(1, 4), torch.randn(1, 3)])


def test_inputs_and_outputs_keep_their_names(program):
    function = main(imported(program))
    assert [input_name(argument) for argument in function.args] == ["left", "right"]
    assert [output_name(function, at) for at in (0, 1)] == ["linear_1", "add"]


def test_operators_are_named_after_their_modules(program):
    body = main(imported(program)).body.block
    names = [source_name(op) for op in body.ops if op is not body.last_op]
    assert list(dict.fromkeys(names)) == ["first.0", "first.1", "add", "last"]


def test_an_output_inside(program):
    model = imported(program, outputs=["relu"])
    assert operators(model) == ["nn.fully_connected", "nn.clamp"]
    assert [input_name(argument) for argument in main(model).args] == ["left"]


def test_an_input_inside(program):
    model = imported(program, inputs=["add"], outputs=["linear_1"])
    assert operators(model) == ["nn.fully_connected"]


def test_an_unknown_name(program):
    with pytest.raises(AipuError) as caught:
        imported(program, outputs=["rleu"])
    assert "no tensor 'rleu'\n  did you mean 'relu'?" in str(caught.value)


def test_an_input_that_was_forgotten(program):
    with pytest.raises(AipuError, match="also depend on the input 'right'"):
        imported(program, inputs=["left"])


def test_an_input_of_another_shape():
    network = nn.Sequential(nn.Conv2d(2, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    model = imported(
        exported(network, [torch.randn(1, 2, 8, 8)]), shapes={"input": (2, 2, 6, 10)}
    )
    images = torch.randn(2, 2, 6, 10)
    assert error(results(model, [images]), reference(network, [images])) < 1e-5


def test_tied_weights_and_views_of_weights():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 4)
            self.again = self.layer
            self.register_buffer("turned", self.layer.weight.detach().t()[1:])

        def forward(self, x):
            return self.again(self.layer(x)) @ self.turned.t()

    module, values = Tied(), torch.randn(2, 4)
    model = imported(exported(module, [values]))
    assert error(results(model, [values]), reference(module, [values])) < 1e-5
    assert operators(model) == ["nn.fully_connected"] * 3


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_reals_of_any_width(kind):
    module = nn.Linear(4, 3).to(kind)
    values = torch.randn(2, 4)
    model = imported(exported(module, [values.to(kind)]))
    expected = reference(module.float(), [values])
    assert error(results(model, [values]), expected) < 1e-5
