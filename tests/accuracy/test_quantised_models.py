"""Models that others have quantised keep their integers, and so their accuracy.

Scored on the images that no calibration of ours uses. The simulator's results are
those of the level `quantised`, which `verify` shows to be equal bit for bit.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import pytest

from aipu.runtime.building.driver import Options, build
from aipu.tests.accuracy.integer_emulation import emulate
from aipu.tests.accuracy.test_top1 import (
    Labelled,
    as_efficientnet_takes_them,
    as_torch_takes_them,
)

UNUSED = slice(64, None)


class Case(NamedTuple):
    model: str
    data: Callable[[Path], Labelled]


CASES = [
    Case("mobilenet_v2/mobilenet_v2_int8_qdq.onnx", as_torch_takes_them),
    Case("mobilenet_v2/mobilenet_v2_int8_qop.onnx", as_torch_takes_them),
    Case(
        "efficientnet_lite0/efficientnet_lite0_int8_qdq.onnx",
        as_efficientnet_takes_them,
    ),
]


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=lambda case: Path(case.model).stem)
def test_classes_are_those_of_the_models_own_integers(case: Case, shared: Path):
    model = shared / "models" / case.model
    images, classes = (each[UNUSED] for each in case.data(shared))
    package = build(model, Options())
    assert package.manifest.calibration == "model"
    assert all(row.equal for row in package.verify())
    (results,) = package.reference(dict.fromkeys(package.inputs, images)).values()
    batches = np.split(images, range(32, len(images), 32))
    exact = np.concatenate([emulate(onnx.load(model), batch) for batch in batches])
    found = results.argmax(axis=1)
    accuracy = 100 * np.mean(found == classes)
    agreement = 100 * np.mean(found == exact.argmax(axis=1))
    assert accuracy >= 75
    assert agreement >= 97
