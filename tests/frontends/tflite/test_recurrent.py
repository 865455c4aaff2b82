"""Recurrent layers against TFLite's own runtime."""

import numpy as np
import pytest

from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

STEPS, BATCH, FEATURES, CELLS, UNITS = 4, 2, 3, 5, 2
TANH = 4


@pytest.fixture
def lstm_file(generator):
    """`lstm_file(...)`: a file of one layer, with weights drawn for what it has."""

    def write(*, coupled=False, peepholes=False, projection=False, **options) -> bytes:
        units = UNITS if projection else CELLS
        shapes = dict.fromkeys(range(1, 5), (CELLS, FEATURES))
        shapes |= dict.fromkeys(range(5, 9), (CELLS, units))
        shapes |= dict.fromkeys(range(12, 16), (CELLS,))
        if peepholes:
            shapes |= dict.fromkeys((9, 10, 11), (CELLS,))
        if projection:
            shapes |= {16: (units, CELLS), 17: (units,)}
        if coupled:
            shapes = {
                at: shape for at, shape in shapes.items() if at not in (1, 5, 9, 12)
            }
        reads = ["x", *("" for _ in range(17)), "hidden", "cell"]
        tensors = []
        for at, shape in shapes.items():
            reads[at] = f"w{at}"
            array = generator.standard_normal(shape, np.float32) * 0.5
            tensors.append(Tensor(reads[at], array))
        lead = (STEPS, BATCH) if options.get("TimeMajor") else (BATCH, STEPS)
        tensors += [
            Tensor("x", shape=(*lead, FEATURES)),
            Tensor("hidden", shape=(BATCH, units), variable=True),
            Tensor("cell", shape=(BATCH, CELLS), variable=True),
            Tensor("y", shape=(*lead, units)),
        ]
        given = {"FusedActivationFunction": TANH, **options}
        kind = "UnidirectionalSequenceLSTM"
        layer = Operator(
            "UNIDIRECTIONAL_SEQUENCE_LSTM", reads, ["y"], given, f"{kind}Options"
        )
        return tflite_file(tensors, [layer], ["x"], ["y"])

    return write


@pytest.mark.parametrize(
    "layer",
    [
        {},
        {"TimeMajor": True},
        {"coupled": True},
        {"peepholes": True},
        {"coupled": True, "peepholes": True},
        {"projection": True},
        {"CellClip": 0.3},
        {"projection": True, "ProjClip": 0.1},
    ],
    ids=str,
)
def test_lstm(lstm_file, runtime, computed, generator, layer):
    content = lstm_file(**layer)
    lead = (STEPS, BATCH) if layer.get("TimeMajor") else (BATCH, STEPS)
    x = generator.standard_normal((*lead, FEATURES), np.float32)
    (ours,), (theirs,) = computed(content, [x]), runtime(content, [x])
    assert np.allclose(ours, theirs, rtol=1e-4, atol=1e-5)
