"""A host engine of a user's own, by its name."""

import numpy as np

import aipu
from aipu.dialects.semantics.engines import ENGINES
from aipu.extensions import for_a_while
from aipu.tests.small_model import images, small_model

COUNTING = """\
from aipu.dialects.semantics.evaluate import evaluate
from aipu.extend import host_engine

prepared = []

@host_engine("counting")
class Counting:
    def prepare(self, function, weights):
        prepared.append(function.sym_name.data)
        return lambda inputs: evaluate(function, inputs, weights)
"""


def test_a_class_is_an_engine_by_its_name(write) -> None:
    package = aipu.compile(small_model(), calibration=images(8))
    frame = package.noise()
    with for_a_while():
        aipu.load_extension(write(COUNTING))
        expected, found = package.run(frame), package.run(frame, "counting")
        for name, array in expected.outputs.items():
            np.testing.assert_array_equal(found.outputs[name], array)
        assert all(each.holds for each in package.verify_host("counting"))
    assert "counting" not in ENGINES
