"""Recurrent operators against onnxruntime."""

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.frontends.onnx.importer import import_onnx

STEPS, BATCH, FEATURES, CELLS = 5, 2, 3, 4
DIRECTIONS = ["forward", "reverse", "bidirectional"]


@pytest.fixture
def parameters(generator):
    """`parameters(gates, directions)`: sequence, weight, recurrence, bias."""

    def draw(gates: int, directions: int) -> list[np.ndarray]:
        shapes = [
            (STEPS, BATCH, FEATURES),
            (directions, gates * CELLS, FEATURES),
            (directions, gates * CELLS, CELLS),
            (directions, 2 * gates * CELLS),
        ]
        return [generator.standard_normal(shape, np.float32) for shape in shapes]

    return draw


def states(generator, directions: int, count: int) -> list[np.ndarray]:
    shape = (directions, BATCH, CELLS)
    return [generator.standard_normal(shape, np.float32) for _ in range(count)]


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("with_state", [False, True])
def test_lstm(check_node, generator, parameters, direction, with_state):
    directions = 1 + (direction == "bidirectional")
    arrays = parameters(4, directions)
    if with_state:
        arrays += [None, *states(generator, directions, 2)]
    check_node(
        "LSTM", *arrays, outputs=3, opset=14, direction=direction, hidden_size=CELLS
    )


@pytest.mark.parametrize("with_state", [False, True])
def test_lstm_with_peepholes(check_node, generator, parameters, with_state):
    initial = states(generator, 1, 2) if with_state else [None, None]
    peephole = generator.standard_normal((1, 3 * CELLS), np.float32)
    arrays = [*parameters(4, 1), None, *initial, peephole]
    check_node("LSTM", *arrays, outputs=3, opset=14, hidden_size=CELLS)


def test_lstm_clips_what_enters_the_gates(check_node, parameters):
    check_node("LSTM", *parameters(4, 1), outputs=3, hidden_size=CELLS, clip=0.5)


def test_lstm_with_coupled_gates(check_node, parameters):
    check_node("LSTM", *parameters(4, 1), outputs=3, hidden_size=CELLS, input_forget=1)


def test_lstm_with_the_length_of_the_sequence(check_node, parameters):
    lengths = np.full(BATCH, STEPS, np.int32)
    check_node("LSTM", *parameters(4, 1), lengths, outputs=3, hidden_size=CELLS)


def test_other_activations(check_node, parameters):
    check_node(
        "LSTM",
        *parameters(4, 1),
        outputs=3,
        hidden_size=CELLS,
        activations=["Sigmoid", "Relu", "Tanh"],
    )


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("reset_after", [0, 1])
def test_gru(check_node, generator, parameters, direction, with_state, reset_after):
    directions = 1 + (direction == "bidirectional")
    arrays = parameters(3, directions)
    if with_state:
        arrays += [None, *states(generator, directions, 1)]
    check_node(
        "GRU",
        *arrays,
        outputs=2,
        opset=14,
        direction=direction,
        hidden_size=CELLS,
        linear_before_reset=reset_after,
    )


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("with_state", [False, True])
def test_rnn(check_node, generator, parameters, direction, with_state):
    directions = 1 + (direction == "bidirectional")
    arrays = parameters(1, directions)
    if with_state:
        arrays += [None, *states(generator, directions, 1)]
    check_node(
        "RNN", *arrays, outputs=2, opset=14, direction=direction, hidden_size=CELLS
    )


OPERATORS = {"LSTM": (4, 2), "GRU": (3, 1), "RNN": (1, 1)}
"""How many gates an operator has, and how many states."""


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("lengths", [[3, 5], [5, 2], [4, 4]], ids=str)
@pytest.mark.parametrize("operator", OPERATORS)
def test_sequences_of_their_own_lengths(
    check_node, generator, parameters, operator, lengths, direction
):
    gates, count = OPERATORS[operator]
    directions = 1 + (direction == "bidirectional")
    check_node(
        operator,
        *parameters(gates, directions),
        np.array(lengths, np.int32),
        *states(generator, directions, count),
        outputs=1 + count,
        opset=14,
        direction=direction,
        hidden_size=CELLS,
    )


@pytest.mark.parametrize("lengths", [[0, 5], [3, 6], [5]], ids=str)
def test_lengths_that_are_none(node_model, parameters, lengths):
    arrays = [*parameters(4, 1), np.array(lengths, np.int32)]
    model = node_model("LSTM", *arrays, outputs=3, hidden_size=CELLS)
    with pytest.raises(AipuError, match=r"without any step|of 2 sequences of 5 steps"):
        import_onnx(model)


PARAMETERS = {"activation_alpha": [0.3, 0.7, 0.5], "activation_beta": [0.4, 0.6]}
ROWS = [
    ["HardSigmoid", "Softsign", "Tanh"],
    ["Sigmoid", "LeakyRelu", "Elu"],
    ["Affine", "ScaledTanh", "Softplus"],
    ["HardSigmoid", "ThresholdedRelu", "Relu"],
]


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_activations_with_parameters(check_node, parameters, row):
    options = {"activations": row, "hidden_size": CELLS, **PARAMETERS}
    check_node("LSTM", *parameters(4, 1), outputs=3, **options)


@pytest.mark.parametrize("given", [{}, PARAMETERS], ids=["default", "given"])
def test_activations_of_both_directions(check_node, parameters, given):
    options = {"direction": "bidirectional", "hidden_size": CELLS, **given}
    row = ["HardSigmoid", "Elu", "Sigmoid", "LeakyRelu"]
    check_node("GRU", *parameters(3, 2), outputs=2, activations=row, **options)


@pytest.mark.parametrize("row", [["Sigmoid", "Sine", "Tanh"], ["Tanh"]], ids=" ".join)
def test_activations_that_are_none(node_model, parameters, row):
    options = {"activations": row, "hidden_size": CELLS}
    with pytest.raises(AipuError, match=r"the activations \['"):
        import_onnx(node_model("LSTM", *parameters(4, 1), outputs=3, **options))


def test_a_weight_is_kept_once_for_all_steps(node_model, parameters):
    model = node_model("LSTM", *parameters(4, 1), outputs=3, hidden_size=CELLS)
    weights = import_onnx(model).weights
    matrices = [key for key in weights if weights[key].ndim == 2]
    assert len(matrices) == 2
