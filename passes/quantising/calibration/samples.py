"""Calibration data: found, checked against the inputs of the network, cut into batches.

Every fault is one error that says what was expected, what was found, and what to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import f32

from ....errors import AipuError, nearest
from .array_file import read_arrays
from .folder import read_folder
from .network_input import Input, elements
from .noise import drawn

Samples = Mapping[str, np.ndarray]
"""For each input, an array [samples, ...].

As users give it, or prepared: with the samples along an axis in front."""

NOISE_SEED = 0
FEWEST_BATCHES, MOST_BATCHES = 4, 64
"""How many batches of noise are drawn."""

ENOUGH_ELEMENTS = 2048
"""Of an input: fewer may miss how far noise reaches."""

PLENTY = 1 << 22
"""Of an input: more than these say no more of it."""


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
    """What is drawn for want of data, the same every time.

    Some batches; more where an input is so small that these would show little, fewer
    where it is so large that one shows all.
    """
    generator = np.random.default_rng(NOISE_SEED)
    smallest = min((prod(each.shape) for each in inputs), default=1)
    enough = -(-ENOUGH_ELEMENTS // smallest)
    largest = max((prod(each.shape) for each in inputs), default=1)
    fewest = min(max(PLENTY // max(largest, 1), 1), FEWEST_BATCHES)
    count = min(max(enough, fewest), MOST_BATCHES) * frames(inputs)
    shapes = {each.name: (count, *sample_shape(each, inputs)) for each in inputs}
    return {
        each.name: np.asarray(drawn(each, shapes[each.name], generator), each.dtype)
        for each in inputs
    }


def frames(inputs: Sequence[Input]) -> int:
    """The extent of the network's own batch: how many samples one run of it takes.

    It is the leading extent that all inputs have. Where they differ, as those of a
    sequence and of a state do, a sample is all that one run takes.
    """
    leading = {each.shape[:1] for each in inputs}
    common = leading.pop() if len(leading) == 1 else ()
    return common[0] if common else 1


def sample_shape(each: Input, inputs: Sequence[Input]) -> tuple[int, ...]:
    """The shape of one sample of an input."""
    return each.shape[1:] if have_one_batch(inputs) else each.shape


def have_one_batch(inputs: Sequence[Input]) -> bool:
    """Whether all inputs have one leading extent."""
    return len({each.shape[:1] for each in inputs} - {()}) == 1 and all(
        each.shape for each in inputs
    )


def prepared(samples: Samples, inputs: Sequence[Input]) -> Samples:
    """A sound array for each input, and no other: [samples, *its sample's shape].

    What comes as integers that the model stores is reals then.

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
    found = {each.name: sound(samples[each.name], each, inputs) for each in inputs}
    counts = {name: len(array) for name, array in found.items()}
    if len(set(counts.values())) > 1:
        raise AipuError(f"the inputs have different numbers of samples: {counts}")
    check_variety(found, inputs)
    return found


def sound(array: np.ndarray, expected: Input, inputs: Sequence[Input]) -> np.ndarray:
    """The samples of one input, their dtype, shape and values checked."""
    place = f"calibration data for '{expected.name}'"
    array = counted(elements(array, expected, place), expected, inputs, place)
    if array.size == 0:
        raise AipuError("there are no samples", place=place)
    finite = np.isfinite(array).reshape(len(array), -1).all(axis=1)
    if not finite.all():
        sample = int(finite.argmin())
        raise AipuError(f"sample {sample} holds NaN or infinity", place=place)
    return array


def counted(
    array: np.ndarray, expected: Input, inputs: Sequence[Input], place: str
) -> np.ndarray:
    """An array with an axis of samples in front.

    It may come with as many of the network's batches as it likes, one after another
    along the leading axis, or along an axis of their own.
    """
    each = sample_shape(expected, inputs)
    own = expected.shape
    if array.shape[1:] == own and array.ndim:
        return array.reshape(-1, *each)
    if own and array.ndim == len(own) and array.shape[1:] == own[1:]:
        if each == own[1:]:
            return array
        if len(array) % own[0] == 0:
            return array.reshape(-1, *own)
        raise AipuError(
            f"{len(array)} along the leading axis, of which a run takes {own[0]}",
            place=place,
            remedy=f"expected a multiple of {own[0]}, or an array [samples, "
            f"{', '.join(map(str, own))}]",
        )
    raise AipuError(
        f"expected samples of shape {list(each)} behind the axis that counts them, "
        f"found an array {list(array.shape)}",
        place=place,
        remedy=shape_remedy(array.shape, own),
    )


def check_variety(samples: Samples, inputs: Sequence[Input]) -> None:
    """Some real input must vary; what never does may be a state that begins at 0."""
    reals = {each.name: samples[each.name] for each in inputs if each.element == f32}
    constant = [name for name, array in reals.items() if array.min() == array.max()]
    several = any(array.size > 1 for array in reals.values())
    if reals and several and len(constant) == len(inputs):
        name = constant[0]
        raise AipuError(
            f"every element is {reals[name].flat[0]}: that says nothing about ranges",
            place=f"calibration data for '{name}'",
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
    """The inputs of the network, one batch of it at a time, from prepared samples.

    The last batch is filled up with samples from the beginning. Without inputs there is
    nothing to see, and no batch.
    """
    if not inputs:
        return
    count, batch = len(samples[inputs[0].name]), frames(inputs)
    for start in range(0, count, batch):
        chosen = np.arange(start, start + batch) % count
        yield [samples[each.name][chosen].reshape(each.shape) for each in inputs]
