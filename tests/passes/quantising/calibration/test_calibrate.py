"""The pass `calibrate` on a small network, against numpy."""

from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.ranges import read_mean, read_range
from aipu.passes.quantising.calibrate import CalibratePass
from aipu.passes.running.reading import read_module

TEXT = Path(__file__).with_name("network.mlir").read_text()
GENERATOR = np.random.default_rng(3)
WEIGHT = GENERATOR.normal(size=(3, 4)).astype(np.float32)
BIAS = GENERATOR.normal(size=3).astype(np.float32)
SAMPLES = GENERATOR.normal(size=(10, 4)).astype(np.float32)


def calibrated(
    method: CalibratePass, samples: np.ndarray | None = SAMPLES
) -> tuple[ModuleOp, AipuContext]:
    given = None if samples is None else {"x": samples}
    context = AipuContext(WeightStore({"w": WEIGHT, "b": BIAS}), given)
    module = read_module(TEXT, "network.mlir", context)
    method.apply(context, module)
    return module, context


def tensors(module: ModuleOp) -> list[SSAValue]:
    """The input, and the results of the two operators."""
    function = main_function(module)
    first, _, _, second, _ = function.body.block.ops
    return [function.args[0], first.results[0], second.results[0]]


def test_min_max_ranges_are_those_of_all_samples():
    module, context = calibrated(CalibratePass(method="min-max"))
    exponential = np.exp(SAMPLES.astype(np.float64))
    products = exponential @ WEIGHT.T.astype(np.float64) + BIAS
    for tensor, values in zip(
        tensors(module), [SAMPLES, exponential, products], strict=True
    ):
        expected = min(values.min(), 0), max(values.max(), 0)
        assert read_range(tensor) == pytest.approx(expected, rel=1e-5)
    assert context.calibration == "data"


def test_the_mean_of_what_weights_are_multiplied_with_is_kept():
    module, context = calibrated(CalibratePass())
    _, exponential, product = tensors(module)
    mean = np.exp(SAMPLES.astype(np.float64)).mean(axis=0)
    assert context.weights[read_mean(exponential)] == pytest.approx(mean)
    with pytest.raises(AipuError, match="no calibrated mean"):
        read_mean(product)


def test_without_samples_it_is_noise_and_the_context_says_so():
    module, context = calibrated(CalibratePass(method="min-max"), samples=None)
    assert context.calibration == "noise"
    low, high = read_range(tensors(module)[0])
    assert -5 < low < -1 < 1 < high < 5


def test_the_file_goes_before_the_context(tmp_path: Path):
    np.save(tmp_path / "x.npy", 10 * SAMPLES)
    module, _ = calibrated(
        CalibratePass(method="min-max", data=str(tmp_path / "x.npy"))
    )
    assert read_range(tensors(module)[0])[1] == pytest.approx(
        10 * SAMPLES.max(), rel=1e-5
    )


def test_a_network_that_overflows_is_named():
    with pytest.raises(AipuError, match="beyond float32") as caught:
        calibrated(CalibratePass(), 100 * SAMPLES)
    assert caught.value.place == "exponential"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "minmax"}, "did you mean 'min-max'"),
        ({"method": "kl"}, "known: batch-percentile, best, mean, min-max, moving"),
        ({"percentile": 101.0}, "found 101.0"),
        ({"percentile": 0.5}, "found 0.5"),
    ],
)
def test_a_wrong_option_is_told(options, message):
    with pytest.raises(AipuError) as caught:
        calibrated(CalibratePass(**options))
    assert message in str(caught.value)
