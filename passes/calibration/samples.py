"""Calibration data: found, checked against the inputs of the network, cut into batches.

Every fault is one error that says what was expected, what was found, and what to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import AipuError, nearest
from .array_file import read_arrays
from .folder import read_folder

Samples = Mapping[str, np.ndarray]
"""For each input, an array [samples, ...] without the network's own batch."""

NOISE_BATCHES = 4
NOISE_SEED = 0


class Input(NamedTuple):
    """An input of the network: its name, and its shape, the network's batch first."""

    name: str
    shape: tuple[int, ...]


def read_samples(path: Path, inputs: Sequence[Input]) -> Samples:
    """The arrays of an `.npz` or a folder, or the one of an `.npy` for a single input.

    Raises:
        AipuError: the file is missing or damaged, or of another format.
    """
    if path.is_dir():
        return read_folder(path, {each.name: len(each.shape) for each in inputs})
    found = read_arrays(path)
    if isinstance(found, np.ndarray):
        return single(found, inputs, str(path))
    return found


def single(array: np.ndarray, inputs: Sequence[Input], source: str) -> Samples:
    """One array for the only input.

    Raises:
        AipuError: the network has several inputs.
    """
    if len(inputs) != 1:
        names = ", ".join(each.name for each in inputs)
        raise AipuError(
            f"one array for the {len(inputs)} inputs {names}",
            place=source,
            remedy="give an .npz with an array for each input, under its name",
        )
    return {inputs[0].name: array}


def noise(inputs: Sequence[Input]) -> Samples:
    """Standard normal noise, the same every time, for want of data."""
    generator = np.random.default_rng(NOISE_SEED)
    return {
        each.name: generator.standard_normal(
            (NOISE_BATCHES * each.shape[0], *each.shape[1:])
        )
        for each in inputs
    }


def check_samples(samples: Samples, inputs: Sequence[Input]) -> None:
    """Check that there is a sound array for each input, and no other.

    Raises:
        AipuError: it says which array is wrong, and how.
    """
    names = [each.name for each in inputs]
    for name in samples:
        if name not in names:
            raise AipuError(
                f"calibration data for '{name}', which is no input",
                remedy=nearest(name, names),
            )
    for each in inputs:
        if each.name not in samples:
            raise AipuError(f"no calibration data for the input '{each.name}'")
        check_array(samples[each.name], each)
    counts = {name: len(array) for name, array in samples.items()}
    if len(set(counts.values())) > 1:
        raise AipuError(f"the inputs have different numbers of samples: {counts}")


def check_array(array: np.ndarray, expected: Input) -> None:
    """Check dtype, shape and values of the samples of one input."""
    place = f"calibration data for '{expected.name}'"
    if array.dtype.kind != "f":
        raise AipuError(
            f"expected floats, found {array.dtype}",
            place=place,
            remedy="prepare it as the model's input is: scaled, and as float32",
        )
    if array.shape[1:] != expected.shape[1:]:
        raise AipuError(
            f"expected samples of shape {list(expected.shape[1:])} behind the axis "
            f"that counts them, found an array {list(array.shape)}",
            place=place,
            remedy=shape_remedy(array.shape, expected.shape),
        )
    if array.size == 0:
        raise AipuError("there are no samples", place=place)
    finite = np.isfinite(array).reshape(len(array), -1).all(axis=1)
    if not finite.all():
        sample = int(finite.argmin())
        raise AipuError(f"sample {sample} holds NaN or infinity", place=place)
    if array.size > 1 and array.min() == array.max():
        raise AipuError(
            f"every element is {array.flat[0]}: that says nothing about ranges",
            place=place,
        )


def shape_remedy(found: Sequence[int], expected: Sequence[int]) -> str:
    """What may have happened to a shape."""
    if tuple(found) == tuple(expected[1:]):
        return "for a single sample, add an axis in front: array[numpy.newaxis]"
    if len(found) == len(expected) == 4:
        _, first, second, third = found
        if (third, first, second) == tuple(expected[1:]):
            return "it looks like NHWC, the input is NCHW: transpose by (0, 3, 1, 2)"
        if (second, third, first) == tuple(expected[1:]):
            return "it looks like NCHW, the input is NHWC: transpose by (0, 2, 3, 1)"
    return ""


def batches(samples: Samples, inputs: Sequence[Input]) -> Iterator[list[np.ndarray]]:
    """The inputs of the network, one batch of it at a time.

    The last batch is filled up with samples from the beginning. Without inputs there is
    nothing to see, and no batch.
    """
    if not inputs:
        return
    count = len(samples[inputs[0].name])
    batch = inputs[0].shape[0]
    for start in range(0, count, batch):
        chosen = np.arange(start, start + batch) % count
        yield [samples[each.name][chosen] for each in inputs]
