"""Recurrent cells that ONNX cannot say, against torch and plain numpy."""

import numpy as np
import pytest

from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import UnsupportedError
from aipu.frontends.limits import MOST_PARTS
from aipu.frontends.network import Emitter, Network
from aipu.frontends.vocabulary.recurrent import Cell, stacked, unroll
from aipu.frontends.vocabulary.recurrent_cells import Lstm
from aipu.passes.authoring.functions import main_function

STEPS, BATCH, FEATURES, CELLS, UNITS = 5, 2, 3, 4, 2


def run(cell: Cell, states: int, sequence: np.ndarray) -> list[np.ndarray]:
    """The hidden states of all steps, and the last state."""
    network = Network({"sequence": sequence.shape})
    node = Emitter(network, "layer", "test")
    layer = unroll(node, "layer", cell, network.inputs["sequence"], (None,) * states)
    outputs = {"steps": stacked(node, layer.steps)}
    for number, state in enumerate(layer.state):
        outputs[f"state{number}"] = state
    model = network.finish("layer", outputs)
    return evaluate(main_function(model.module), [sequence], model.weights)


def lstm_in_plain_numpy(cell: Lstm, sequence: np.ndarray) -> np.ndarray:
    """The hidden states of all steps, as the docstring of `Lstm` says."""

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    assert cell.projection is not None and cell.peephole is not None
    bound = cell.cell_clip
    h, c = np.zeros((BATCH, UNITS)), np.zeros((BATCH, CELLS))
    steps = []
    for x in sequence:
        gates = x @ cell.weight.T + cell.bias + h @ cell.recurrence.T
        i, f, o, g = np.split(gates, 4, axis=1)
        i = sigmoid(i + cell.peephole[0] * c)
        f = sigmoid(f + cell.peephole[1] * c)
        c = np.clip(f * c + i * np.tanh(g), -bound, bound)
        o = sigmoid(o + cell.peephole[2] * c)
        h = (o * np.tanh(c)) @ cell.projection.T
        steps.append(h)
    return np.stack(steps)


def test_lstm_with_projection_against_torch():
    torch = pytest.importorskip("torch", reason="needs torch")
    layer = torch.nn.LSTM(FEATURES, CELLS, proj_size=UNITS)
    weights = {
        name.removesuffix("_l0"): weight.detach().numpy()
        for name, weight in layer.named_parameters()
    }

    def reordered(array: np.ndarray) -> np.ndarray:
        i, f, g, o = np.split(array, 4)
        return np.concatenate([i, f, o, g])

    cell = Lstm(
        weight=reordered(weights["weight_ih"]),
        bias=reordered(weights["bias_ih"] + weights["bias_hh"]),
        recurrence=reordered(weights["weight_hh"]),
        projection=weights["weight_hr"],
    )
    sequence = torch.randn(STEPS, BATCH, FEATURES)
    steps, (h, c) = layer(sequence)
    found = run(cell, 2, sequence.numpy())
    for array, expected in zip(found, (steps, h[0], c[0]), strict=True):
        assert np.abs(array - expected.detach().numpy()).max() < 1e-6


def test_lstm_with_all_that_it_can_have():
    generator = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return generator.standard_normal(shape, np.float32)

    cell = Lstm(
        weight=draw(4 * CELLS, FEATURES),
        bias=draw(4 * CELLS),
        recurrence=draw(4 * CELLS, UNITS),
        peephole=draw(3, CELLS),
        projection=draw(UNITS, CELLS),
        cell_clip=0.4,
    )
    sequence = draw(STEPS, BATCH, FEATURES)
    steps, _, state = run(cell, 2, sequence)
    assert np.abs(steps - lstm_in_plain_numpy(cell, sequence)).max() < 1e-6
    assert np.abs(state).max() == np.float32(0.4)


def test_a_sequence_that_is_too_long_to_unroll():
    network = Network({"sequence": ((1 << 31) - 1, 1, FEATURES)})
    node = Emitter(network, "layer", "LSTM")
    cell = Lstm(np.ones((4, FEATURES)), np.ones(4), np.ones((4, 1)))
    with pytest.raises(UnsupportedError) as caught:
        unroll(node, "layer", cell, network.inputs["sequence"], (None, None))
    assert caught.value.place == "node 'layer' (LSTM)"
    assert f"a sequence of 2147483647 steps, at most {MOST_PARTS}" in str(caught.value)
