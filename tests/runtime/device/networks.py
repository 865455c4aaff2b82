"""Packages that drivers load: one with the host at its rims alone, one with it between.

from aipu.tests.runtime.device.networks import built
"""

from functools import cache

import numpy as np
from onnx import ModelProto

from aipu.dialects.semantics.evaluate import evaluate
from aipu.passes.authoring.segments import functions
from aipu.runtime.building.driver import Options, build
from aipu.runtime.building.levels import QUANTISED
from aipu.runtime.building.package import Package
from aipu.tests.small_model import images, small_model

STRAIGHT, CUT = "straight", "cut"
"""The names of the packages; a normalisation of the host cuts the second one."""

SEGMENTS = ("segment_1", "segment_2", "segment_3")
"""Of the second one: machine, host, machine."""


@cache
def built(name: str) -> Package:
    """A package, every layer by itself, built once."""
    model = straight_model() if name == STRAIGHT else small_model()
    return build(model, Options(calibration=images(4), strategy="layerwise"))


def straight_model() -> ModelProto:
    """The small model without what the host computes in between."""
    model = small_model()
    nodes = [node for node in model.graph.node if node.name != "normal"]
    for node in nodes:
        node.input[:] = ["sum" if each == "normal" else each for each in node.input]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def picture(seed: int = 0) -> np.ndarray:
    """An input as the machine takes it: int8, channels last."""
    generator = np.random.default_rng(seed)
    return generator.integers(-128, 128, (1, 16, 16, 3), np.int8)


def expected(name: str, array: np.ndarray) -> bytes:
    """The output by the operators' own meaning, on no machine."""
    package = built(name)
    found = {f.sym_name.data: f for f in functions(package.levels[QUANTISED])}
    values = [array]
    for segment in ("segment_1",) if name == STRAIGHT else SEGMENTS:
        values = evaluate(found[segment], values, package.weights)
    return values[0].tobytes()


def zeros() -> np.ndarray:
    """An input of zeros, as a new job has."""
    return np.zeros((1, 16, 16, 3), np.int8)
