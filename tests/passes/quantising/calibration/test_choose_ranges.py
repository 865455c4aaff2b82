"""The pass `choose-ranges`: what it takes for the best, and that it is."""

from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp

from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate
from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.pinned import pin
from aipu.passes.authoring.ranges import (
    RANGES,
    Range,
    read,
    read_range,
    take_candidates,
    write_candidates,
    write_method,
)
from aipu.passes.quantising.arithmetic.scales import symmetric, uniform_type
from aipu.passes.quantising.calibrate import CalibratePass
from aipu.passes.quantising.calibration.cuts import PARTS, each_cut
from aipu.passes.quantising.calibration.observers import BEST, CANDIDATES, METHODS
from aipu.passes.quantising.calibration.trial import distance, tensors
from aipu.passes.quantising.choose_ranges import ChooseRangesPass
from aipu.passes.quantising.place_operators import PlaceOperatorsPass
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

FOLDER = Path(__file__).parent
CLAMPED = FOLDER / "clamped.mlir"
"""Nothing beyond 3 matters, whatever its input reaches to."""

CLAMPED_SUM = FOLDER / "clamped_sum.mlir"
"""All of an input matters, but of its double nothing beyond 1."""

GENERATOR = np.random.default_rng(7)
WEIGHTS = {
    "w": GENERATOR.normal(size=(4, 8)).astype(np.float32),
    "b": GENERATOR.normal(size=4).astype(np.float32),
}
SAMPLES = GENERATOR.normal(size=(40, 8)).astype(np.float32)
SAMPLES[::20, 0] = 500
"""Every twentieth sample holds a number like no other."""


def prepared(
    samples: np.ndarray | None = SAMPLES, text: Path = CLAMPED
) -> tuple[ModuleOp, AipuContext]:
    given = None if samples is None else {"x": samples}
    context = AipuContext(WeightStore(WEIGHTS), given)
    module = read_module(text.read_text(), text.name, context)
    PlaceOperatorsPass().apply(context, module)
    return module, context


def ranges_of(module: ModuleOp) -> list[Range]:
    function = main_function(module)
    made = [op.results[0] for op in function.body.block.ops if "place" in op.attributes]
    return [read_range(value) for value in (*function.args, *made)]


def test_what_does_not_matter_is_cut_off():
    module, context = prepared()
    CalibratePass().apply(context, module)
    ChooseRangesPass().apply(context, module)
    (low, high), *_ = ranges_of(module)
    assert -4 < low < -2
    assert 2 < high < 4


def test_sums_have_ranges_of_their_own():
    samples = GENERATOR.laplace(size=(40, 8)).astype(np.float32)
    module, context = prepared(samples, CLAMPED_SUM)
    CalibratePass().apply(context, module)
    ChooseRangesPass().apply(context, module)
    (_, all_of_it), (_, of_the_sum), *_ = ranges_of(module)
    assert all_of_it == pytest.approx(samples.max(), rel=1e-5)
    assert of_the_sum < 0.8 * 2 * all_of_it


def test_no_single_method_does_better():
    """The outputs of the whole pipeline, against the network in float."""
    errors = {
        method: error_after(f"quantise{{method={method.replace('=', ' percentile=')}}}")
        for method in CANDIDATES
    }
    assert error_after("quantise") == pytest.approx(min(errors.values()))
    assert max(errors.values()) > 5 * min(errors.values())


def error_after(pipeline: str) -> float:
    module, context = prepared()
    function = main_function(module)
    reals = [evaluate(function, [row], WEIGHTS)[0] for row in SAMPLES[:, np.newaxis]]
    run_pipeline(build_pipeline(pipeline, PASSES), module, context)
    function = main_function(module)
    found = [
        evaluate(function, [row], context.weights)[0] for row in SAMPLES[:, np.newaxis]
    ]
    return float(
        np.mean(
            [
                np.linalg.norm(a - b) / np.linalg.norm(b)
                for a, b in zip(found, reals, strict=True)
            ]
        )
    )


def test_every_tensor_gets_a_candidate_of_each_method():
    module, context = prepared()
    CalibratePass(method=BEST).apply(context, module)
    (argument,) = main_function(module).args
    found = take_candidates(argument)
    assert len(found) == len(CANDIDATES)
    assert read(argument, RANGES) is None
    assert max(high for _, high in found) == 500


def test_a_method_of_its_own_leaves_no_choice():
    module, context = prepared()
    (argument,) = main_function(module).args
    write_method(argument, "min-max")
    CalibratePass().apply(context, module)
    ChooseRangesPass().apply(context, module)
    assert ranges_of(module)[0][1] == 500


def test_noise_leaves_no_choice():
    module, context = prepared(None)
    CalibratePass().apply(context, module)
    assert not any(take_candidates(value) for value in tensors(module))


def test_a_model_with_integers_of_its_own_leaves_no_choice():
    module, context = prepared()
    (argument,) = main_function(module).args
    pin(argument, UniformType(4.0, 0))
    CalibratePass().apply(context, module)
    assert not any(take_candidates(value) for value in tensors(module))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("reach", [0.123457, 1.0, 9.72951, 247.139])
def test_a_symmetric_range_stays_so(reach: float, part: float):
    """A cut must not move the zero point that a cfg asks for."""
    (argument,) = main_function(prepared()[0]).args
    (ends,) = each_cut({argument: symmetric(-reach, reach)}, part).values()
    assert uniform_type(*ends).zero_point == 0
    assert ends[1] <= reach


@pytest.mark.parametrize("part", PARTS)
def test_other_ranges_reach_as_far_on_both_sides(part: float):
    (argument,) = main_function(prepared()[0]).args
    (ends,) = each_cut({argument: (-8.0, 8.0)}, part).values()
    assert ends == (-8.0 * part, 8.0 * part)


def test_of_equals_the_first_is_taken():
    module, context = prepared()
    CalibratePass(method="min-max").apply(context, module)
    (argument,) = main_function(module).args
    write_candidates(argument, [(-1000.0, 0.0), (-2000.0, 0.0), (-1000.0, 0.0)])
    context.samples = {"x": np.full((3, 8), 5, np.float32) * [[1], [2], [3]]}
    ChooseRangesPass().apply(context, module)
    assert read_range(argument) == (-1000.0, 0.0)


def test_candidates_are_methods():
    assert {candidate.partition("=")[0] for candidate in CANDIDATES} <= METHODS.keys()


def test_a_misspelt_method_is_told_of_the_best():
    module, context = prepared()
    with pytest.raises(AipuError, match="did you mean 'best'"):
        CalibratePass(method="bst").apply(context, module)


@pytest.mark.parametrize(
    ("found", "expected", "off"),
    [
        ([3.0, 4.0], [3.0, 4.0], 0.0),
        ([3.0, 4.5], [3.0, 4.0], 0.1),
        ([30.0, -40.0], [3.0, 4.0], 1.0),
        ([0.0], [0.0], 0.0),
        ([0.1], [0.0], 1.0),
        ([1, 2, 3, 4], [1, 2, 3, 5], 0.25),
        ([np.nan, 1.0], [1.0, 1.0], 1.0),
    ],
)
def test_distances(found: list[float], expected: list[float], off: float):
    assert distance(np.array(found), np.array(expected)) == pytest.approx(off)
