"""What must hold of every sound model.

It is taken, or a node is named that is not supported. In float it computes what
onnxruntime does, within 1e-4 of the largest value. Built for any target, all levels
give the same bytes for every layer, the machine runs what the quantised network says,
and everything is finite; no figure is better than its bound.
"""

import re
from collections.abc import Mapping

import numpy as np
import onnx

from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import AipuError, UnsupportedError
from aipu.passes.authoring.functions import main_function
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import FILES, FLOAT
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Figures, figures
from aipu.tests.fuzz.graphs.sketch import quiet_session
from aipu.tests.fuzz.verdict import FaultError, Outcome, Verdict
from aipu.tests.within_bounds import assert_within_bounds

TOLERANCE = 1e-4
NAMES = re.compile(r"'[^']*'|\d+")
"""What differs between messages of one kind: names and numbers."""


def judge(
    model: onnx.ModelProto,
    samples: Mapping[str, np.ndarray],
    target: str,
    strategy: str = "layerwise",
) -> Verdict:
    """Hold a model to the law.

    Args:
        model: with float inputs and outputs.
        samples: for each input an array [samples, *shape].
        target: what it is built for.
        strategy: by which.

    Raises:
        FaultError: the law does not hold.
    """
    try:
        inputs = {name: array[0] for name, array in samples.items()}
        expected = list(map(np.asarray, quiet_session(model).run(None, inputs)))
    except Exception as error:
        return Verdict(Outcome.VOID, "onnxruntime", str(error))
    try:
        package, inputs = built(model, samples, target, strategy)
    except UnsupportedError as error:
        return Verdict(Outcome.REFUSED, details=str(error))
    names = [value.name for value in model.graph.output]
    check_float(package, inputs, dict(zip(names, expected, strict=True)))
    check_levels(package, inputs)
    return Verdict(Outcome.SOUND)


def built(
    model: onnx.ModelProto,
    samples: Mapping[str, np.ndarray],
    target: str,
    strategy: str = "layerwise",
) -> tuple[Package, Mapping[str, np.ndarray]]:
    """A model built with all samples but the first; and the first.

    Raises:
        UnsupportedError: an operator is missing, or a form of one.
        FaultError: it is not taken for another reason.
        AipuError: it is taken, and then something is wrong.
    """
    calibration = {
        name: np.concatenate(list(array[1:])) for name, array in samples.items()
    }
    try:
        options = Options(target=target, strategy=strategy, calibration=calibration)
        steps = Build(model, options)
        steps.reach(FLOAT)
    except UnsupportedError:
        raise
    except AipuError as error:
        reason = NAMES.sub("...", error.message.splitlines()[-1].strip())
        raise FaultError(f"refused: {reason}", str(error)) from None
    for level in list(FILES)[1:]:
        steps.reach(level)
    return steps.package(), {name: array[0] for name, array in samples.items()}


def check_float(
    package: Package,
    inputs: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
) -> None:
    main = main_function(package.levels[FLOAT])
    arrays = [inputs[name] for name in package.inputs]
    found = evaluate(main, arrays, package.weights)
    for name, array in zip(package.outputs, found, strict=True):
        wanted = expected[name]
        if array.shape != wanted.shape:
            raise FaultError(
                "float shape", f"{name}: {array.shape}, not {wanted.shape}"
            )
        apart = float(np.abs(array - wanted).max() / max(np.abs(wanted).max(), 1e-30))
        if not apart <= TOLERANCE:
            raise FaultError(
                "float values", f"{name}: {apart:.2g} of the largest apart"
            )


def check_levels(package: Package, inputs: Mapping[str, np.ndarray]) -> None:
    unlike = [
        f"{row.name} at {row.level}" for row in package.verify(inputs) if not row.equal
    ]
    if unlike:
        raise FaultError("levels differ", "\n".join(unlike))
    found = package.run(inputs).outputs
    for name, array in package.reference(inputs, "quantised").items():
        if not np.isfinite(found[name]).all():
            raise FaultError("not finite", name)
        if array.tobytes() != found[name].tobytes():
            raise FaultError("run differs from reference", name)
    assert_within_bounds(package.report)
    check_report(figures(package.report))


def check_report(report: Figures) -> None:
    """Times are finite, add up, and make the rate."""
    parts = [report.machine_ms, report.host_ms, report.crossing_ms]
    if not np.isfinite([*parts, report.energy_uj]).all() or min(parts) < 0:
        raise FaultError("times in the report", str(report))
    if abs(sum(parts) - report.latency_ms) > 1e-6:
        raise FaultError("times do not add up", str(report))
    if (report.fps is None) != (report.latency_ms == 0):
        raise FaultError("no rate", str(report))
