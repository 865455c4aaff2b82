"""Trained keyword spotters: what they compute, and of what size.

Each is imported whole; the features of a clip are its input. The clips are sorted by
keyword in their file, so they are shuffled here before some are taken to calibrate.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from _pytest.mark import ParameterSet

from aipu.backend_aipu.binary import read_binary
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.runtime.building.driver import Options, build
from aipu.runtime.building.package import Package
from aipu.tests.frontends.tensorflow.protos import graph_pb2
from aipu.tests.frontends.tensorflow.walk import walk

CONVOLUTIONAL = ["DS_CNN_S", "DS_CNN_M", "CNN_S"]
MODELS = [*CONVOLUTIONAL, "DNN_S", "GRU_S", "LSTM_S"]
RECURRENT = ["GRU_S", "LSTM_S"]
OUTPUT = "labels_softmax"


def long(model: str) -> ParameterSet:
    """A model that takes minutes."""
    return pytest.param(model, marks=pytest.mark.long)


class Clips(NamedTuple):
    """Features [N, windows, coefficients], and the keyword of each clip."""

    features: np.ndarray
    keywords: np.ndarray


def clips_of(model: str, shared: Path) -> Clips:
    """The clips, shuffled, with the windows that a model takes."""
    with np.load(shared / "data" / "kws_mfcc.npz") as data:
        features = data["f49" if model in CONVOLUTIONAL else "f25"]
        order = np.random.default_rng(0).permutation(len(features))
        return Clips(features[order], data["y"][order])


def path_of(model: str, shared: Path) -> Path:
    return shared / "models" / "kws" / f"{model}.pb"


def walked(path: Path, features: np.ndarray) -> np.ndarray:
    """The scores of each clip, by the plain walk."""
    graph = graph_pb2.GraphDef()
    graph.ParseFromString(path.read_bytes())
    return np.concatenate(
        [walk(graph, {"Mfcc": clip[np.newaxis]}, [OUTPUT])[0] for clip in features]
    )


def scores(
    path: Path, features: np.ndarray, calibration: np.ndarray, pipeline: str
) -> np.ndarray:
    """The scores of each clip, by the network after a pipeline."""
    imported = import_tensorflow(path, batch=1)
    context = AipuContext(imported.weights, {"Mfcc": calibration})
    run_pipeline(build_pipeline(pipeline, PASSES), imported.module, context)
    main = main_function(imported.module)
    return np.concatenate(
        [evaluate(main, [clip[np.newaxis]], context.weights)[0] for clip in features]
    )


@pytest.mark.parametrize("model", MODELS)
def test_scores_are_those_of_the_walk(model: str, shared: Path):
    path, clips = path_of(model, shared), clips_of(model, shared)
    few = clips.features[:3]
    found = scores(path, few, few, "canonicalise")
    assert np.abs(found - walked(path, few)).max() < 1e-5


def built(model: str, shared: Path) -> Package:
    clips = clips_of(model, shared)
    return build(path_of(model, shared), Options(calibration=clips.features[:4]))


@pytest.mark.parametrize("model", ["DS_CNN_S", *map(long, ["DNN_S", *RECURRENT])])
def test_binaries_are_exact_at_every_layer(model: str, shared: Path):
    clip = clips_of(model, shared).features[4:5]
    rows = built(model, shared).verify({"Mfcc": clip})
    assert rows and all(row.equal for row in rows)


@pytest.mark.long
@pytest.mark.parametrize("model", RECURRENT)
def test_a_binary_holds_the_weights_of_a_loop_once(model: str, shared: Path):
    path, package = path_of(model, shared), built(model, shared)
    _, weights = read_binary(package.binary, target=package.manifest.target, name="")
    matrices = [array.nbytes for name, array in weights.items() if "int8" in name]
    parameters = sum(
        array.size for array in import_tensorflow(path, batch=1).weights.values()
    )
    assert sum(matrices) < 1.1 * parameters
