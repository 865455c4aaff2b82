"""Recurrent layers against TFLite's own runtime."""

import numpy as np
import pytest

from aipu.errors import UnsupportedError
from aipu.frontends.tflite.importer import import_tflite
from aipu.tests.frontends.tflite.small_files import (
    BATCH,
    FEATURES,
    STEPS,
    lstm_file,
)

LAYERS = [
    {},
    {"TimeMajor": True},
    {"coupled": True},
    {"peepholes": True},
    {"coupled": True, "peepholes": True},
    {"projection": True},
    {"CellClip": 0.3},
    {"projection": True, "ProjClip": 0.1},
]


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_lstm(runtime, computed, generator, layer):
    content = lstm_file(**layer)
    lead = (STEPS, BATCH) if layer.get("TimeMajor") else (BATCH, STEPS)
    x = generator.standard_normal((*lead, FEATURES), np.float32)
    (ours,), (theirs,) = computed(content, [x]), runtime(content, [x])
    assert np.allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_an_activation_that_no_lstm_has(written):
    path = written(lstm_file(FusedActivationFunction=5))
    with pytest.raises(UnsupportedError, match="the activation SIGN_BIT"):
        import_tflite(path)
