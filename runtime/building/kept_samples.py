"""The calibration samples that stay in a package, to run and to check it with."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ...passes.quantising.calibration.network_input import Input
from ...passes.quantising.calibration.samples import (
    Samples,
    batches,
    frames,
    sample_shape,
)

SAMPLES = "samples.npz"

MOST, MOST_BYTES = 4, 4_000_000
"""What a package keeps: so many samples, or one run, and no more bytes than these."""


def spread(samples: Samples, inputs: Sequence[Input], most: int) -> Samples:
    """So many samples at most, but one whole run, evenly taken from all: sets are often
    sorted. Those of a run stay together, as the steps of a sequence have to.
    """
    count, batch = min(map(len, samples.values()), default=0), frames(inputs)
    runs = -(-count // batch)
    chosen = np.linspace(0, runs - 1, min(runs, max(most // batch, 1))).astype(int)
    places = (chosen[:, np.newaxis] * batch + np.arange(batch)).ravel()
    places = places[places < count]
    return {name: array[places] for name, array in samples.items()}


def frames_in(samples: Samples, inputs: Sequence[Input], batch: int) -> int:
    """How many frames samples are, of which the network takes `batch` at once: as many
    as there are, but where all of a run are the steps of one.
    """
    found = min(map(len, samples.values()), default=0)
    return min(found, -(-found // frames(inputs)) * batch)


def kept(samples: Samples, inputs: Sequence[Input]) -> Samples:
    """The samples that a package keeps, reals in float32; none if one is too large."""
    arrays = {
        name: array.astype(np.float32) if array.dtype.kind == "f" else array
        for name, array in samples.items()
    }
    each = sum(array[:1].nbytes for array in arrays.values())
    number = min(max(MOST, frames(inputs)), MOST_BYTES // max(each, 1))
    some = spread(arrays, inputs, number) if number else {}
    return {name: array[:number] for name, array in some.items()}


def load(folder: Path) -> Samples:
    """The samples of the package in a folder; none if it keeps none.

    Raises:
        AipuError: they are damaged.
    """
    path = folder / SAMPLES
    return dict(WeightStore.load(path)) if path.is_file() else {}


def runs(samples: Samples, inputs: Sequence[Input]) -> Iterator[dict[str, np.ndarray]]:
    """The inputs of the network by name, one batch of it at a time.

    Raises:
        AipuError: the samples are none of this network.
    """
    names = [each.name for each in inputs]
    expected = {each.name: sample_shape(each, inputs) for each in inputs}
    found = {name: array.shape[1:] for name, array in samples.items()}
    if found != expected:
        raise AipuError(
            f"expected samples of the shapes {expected}, found {found}",
            place=SAMPLES,
            remedy="its files do not belong together: build the package again",
        )
    for arrays in batches(samples, inputs):
        yield dict(zip(names, arrays, strict=True))
