"""Modules in memory: `aipu.compile` exports them."""

import sys

import numpy as np
import pytest

import aipu
from aipu.errors import AipuError
from aipu.frontends.pytorch.module import import_module_in_memory
from aipu.tests.frontends.pytorch.exporting import (
    error,
    exported,
    reference,
    results,
    torch,
)
from aipu.tests.frontends.pytorch.networks import mobile_net

nn = torch.nn


def test_a_module_and_what_it_is_called_with():
    module, image = mobile_net(), torch.randn(1, 3, 32, 32)
    expected = reference(module, [image])
    module.train()
    model = import_module_in_memory(module, image)
    assert module.training
    assert error(results(model, [image]), expected) < 1e-5
    assert model.name == "Sequential"


def test_a_program_that_was_exported():
    module, image = nn.Conv2d(3, 4, 3), torch.randn(1, 3, 8, 8)
    model = import_module_in_memory(exported(module, [image]))
    assert error(results(model, [image]), reference(module, [image])) < 1e-5


def test_changes_in_place_through_a_view_are_undone():
    class Masked(nn.Module):
        def forward(self, x):
            y = x * 2
            y[:, 0].mul_(3)
            return y

    values = torch.randn(2, 3)
    found = results(import_module_in_memory(Masked(), values), [values])
    assert error(found, reference(Masked(), [values])) < 1e-6


def test_a_module_is_built_and_verified_bit_for_bit():
    image = torch.randn(1, 3, 32, 32)
    package = aipu.compile(
        mobile_net(),
        example_inputs=(image,),
        calibration=np.random.default_rng(0)
        .standard_normal((4, 3, 32, 32))
        .astype(np.float32),
    )
    rows = package.verify({"input": image.numpy()})
    assert len(rows) > 20
    assert all(row.equal for row in rows)


def test_a_module_needs_something_to_be_called_with():
    with pytest.raises(AipuError, match="nothing to call it with") as caught:
        aipu.compile(nn.ReLU())
    assert "example_inputs" in str(caught.value)


def test_a_module_that_torch_cannot_export():
    class Branching(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(AipuError, match=r"Branching: torch\.export\.export cannot"):
        import_module_in_memory(Branching(), torch.randn(2))


def test_without_torch_the_answer_is_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(AipuError) as caught:
        import_module_in_memory(nn.ReLU(), torch.randn(2))
    assert "pip install 'aipu-compiler[torch]'" in str(caught.value)


def test_what_is_no_model_at_all():
    with pytest.raises(AipuError, match="a model is a file"):
        import_module_in_memory(object())  # pyright: ignore
