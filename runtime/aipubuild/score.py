"""How often a network is right: the share of samples whose class is among its largest.

As the vendor's TopKMetric: the first output of the network, flat, one row a sample. The
int8 network computes what the machine does, bit for bit, without the time of a
simulation.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import AipuError
from ...passes.quantising.calibration.array_file import read_arrays
from ..building.package import Package
from .samples import Samples
from .score_settings import Scoring

FLOAT, INT8 = "float", "quantised"
"""The levels that are scored, as `Package.reference` has them."""


def score_lines(package: Package, wanted: Scoring, samples: Samples) -> list[str]:
    """The scores, a line for each network.

    Raises:
        AipuError: the labels are no classes, or not as many as the samples.
    """
    (count,) = {len(array) for array in samples.values()}
    labels = read_labels(wanted.labels)
    if len(labels) != count:
        raise AipuError(
            f"{len(labels)} labels for {count} samples", place=str(wanted.labels)
        )
    levels = {FLOAT: wanted.original, INT8: wanted.optimised}
    scores = {
        level: _scores(package, level, samples, labels, wanted.tops)
        for level, asked in levels.items()
        if asked
    }
    return [
        f"top-{k} of {count} samples: "
        + ", ".join(f"{level} {found[k]:.2%}" for level, found in scores.items())
        for k in wanted.tops
    ]


def _scores(
    package: Package,
    level: str,
    samples: Samples,
    labels: np.ndarray,
    tops: Sequence[int],
) -> dict[int, float]:
    results = package.reference(samples, level)
    first = next(iter(results.values()))
    rows = first.reshape(len(labels), -1)
    return {k: top_share(rows, labels, k) for k in tops}


def top_share(rows: np.ndarray, labels: np.ndarray, k: int) -> float:
    """The share of rows whose label is one of their `k` largest elements.

    Of equal elements the first count as larger, so that a constant network knows none
    but class 0.
    """
    order = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    return float((order == labels[:, np.newaxis]).any(axis=1).mean())


def read_labels(path: Path) -> np.ndarray:
    """The class of each sample, from an `.npy` of numbers or of rows with one 1.

    Raises:
        AipuError: it cannot be read, or holds something else.
    """
    found = read_arrays(path)
    if not isinstance(found, np.ndarray):
        raise AipuError("expected an .npy of labels", place=str(path))
    array = found.reshape(len(found), -1) if found.ndim else found.reshape(1, 1)
    if array.dtype.kind not in "biuf" or not np.equal(array, np.round(array)).all():
        raise AipuError(
            f"expected whole numbers, the class of each sample, found {found.dtype}",
            place=str(path),
        )
    if array.shape[1] == 1:
        return array[:, 0].astype(np.int64)
    if not ((array == 0) | (array == 1)).all() or not (array.sum(axis=1) == 1).all():
        raise AipuError(
            f"expected one class a sample, found rows of {array.shape[1]}",
            place=str(path),
        )
    return array.argmax(axis=1)
