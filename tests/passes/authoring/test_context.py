"""Contexts: what is added to one is not seen by its clone, and nothing is lost."""

import numpy as np
import pytest
from xdsl.context import Context

from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext, weights_of


def test_a_clone_has_the_same_but_its_own() -> None:
    context = AipuContext(WeightStore({"w": np.ones(1)}), {"x": np.ones((1, 2))})
    clone = context.clone()
    clone.weights.add("v", np.zeros(1))
    assert set(clone.weights) == {"w", "v"}
    assert set(context.weights) == {"w"}
    assert clone.samples is context.samples


def test_a_clone_reads_the_same_dialects() -> None:
    context = AipuContext()
    context.get_op("nn.conv2d")
    clone = context.clone()
    assert clone.get_op("nn.conv2d") is context.get_op("nn.conv2d")
    assert clone.get_op("nn.add").name == "nn.add"
    assert clone.get_type("quant.uniform").name == "quant.uniform"


def test_a_clone_without_weights_keeps_its_own_later() -> None:
    context = AipuContext()
    clone = context.clone()
    clone.weights.add("v", np.zeros(1))
    assert not context.has_weights


def test_weights_are_those_of_the_context() -> None:
    context = AipuContext()
    weights_of(context).add("w", np.ones(1))
    assert "w" in weights_of(context)


def test_a_context_that_would_lose_weights_is_refused() -> None:
    with pytest.raises(AipuError, match="the context carries none"):
        weights_of(Context())
