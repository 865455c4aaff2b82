"""Tables of functions against Python's own."""

import math

import numpy as np

from aipu.dialects.quant import UniformType
from aipu.passes.machine_forms.tables import table

IFM, OFM = UniformType(0.0625, -20), UniformType(1 / 256, -128)


def test_every_entry_is_the_function():
    entries = table(lambda x: 1 / (1 + np.exp(-x)), IFM, OFM)
    for stored, entry in zip(range(-128, 128), entries.tolist(), strict=True):
        exact = 1 / (1 + math.exp(-(stored + 20) * 0.0625))
        assert entry == min(round(exact * 256) - 128, 127)


def test_what_has_no_value_is_zero():
    with np.errstate(all="ignore"):
        entries = table(np.log, UniformType(1.0, 0), UniformType(0.1, -7))
    assert entries[:128].tolist() == [-7] * 128
    assert entries[128] == -128, "the logarithm of 0 saturates"
    assert entries[129] == -7
