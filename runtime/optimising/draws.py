"""Inputs for a check of values: samples, noise, and what noise seldom reaches.

Noise alone lets much pass: a wrong clamp that nothing is cut by, a wrong border that is
lost in a mean. So there are draws that reach further than a network is calibrated for,
and draws of which only the borders, or large patches, are other than 0.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import FuncOp

from ...dialects.nn.elements import stored_as
from ...dialects.quant import UniformType
from ...passes.authoring.ranges import RANGE, Range, as_range, read
from ...passes.quantising.calibration.network_input import Input, network_inputs
from ...passes.quantising.calibration.noise import drawn
from ...passes.quantising.calibration.samples import batches, prepared, read_samples
from ...passes.running.executable import Draw
from .numerics import network

SEED = 0
MOST_SAMPLES = 4
"""So many batches of data are run."""

USUAL_REACH = 4.0
"""Of standard normal reals: less than one in ten thousand reaches further."""

PATCHES = 4
"""So many patches of one value lie along each axis."""

Shape = tuple[int, ...]
Extremes = Callable[[Shape, np.random.Generator], np.ndarray]
"""Values of a shape, between -1 and 1: how far an input reaches."""


def draws(module: ModuleOp, data: Path | None = None) -> list[Draw]:
    """Inputs of the module's network, the same every time.

    Args:
        module: with one function, or one called `main`.
        data: an `.npy` or `.npz` of samples.

    Raises:
        AipuError: the samples do not fit the inputs.
    """
    function = network(module)
    inputs = _inputs(function)
    known = list(zip(inputs, _ranges(function), strict=True))
    random = np.random.default_rng(SEED)
    found: list[Draw] = []
    if data is not None:
        samples = prepared(read_samples(data, inputs), inputs)
        for number, arrays in enumerate(islice(batches(samples, inputs), MOST_SAMPLES)):
            found.append(Draw(f"sample {number}", _typed(arrays, inputs), usual=True))
    noise = [_noise(each, random) for each in inputs]
    found.append(Draw("noise", _typed(noise, inputs), usual=True))
    for name, extremes in EXTREMES.items():
        arrays = [_extreme(each, reach, extremes, random) for each, reach in known]
        found.append(Draw(name, _typed(arrays, inputs), usual=False))
    return found


def _inputs(function: FuncOp) -> list[Input]:
    """The inputs of a network, even of one that is an entry point."""
    if not function.is_declaration:
        return network_inputs(function)
    types = enumerate(function.function_type.inputs)
    return [
        Input(f"input {number}", type.get_shape(), type.element_type)
        for number, type in types
        if isinstance(type, TensorType)
    ]


def _ranges(function: FuncOp) -> list[Range | None]:
    """What calibration knows of each input."""
    if function.is_declaration:
        return [None] * len(function.function_type.inputs)
    return [as_range(read(argument, RANGE)) for argument in function.args]


def _typed(arrays: list[np.ndarray], inputs: list[Input]) -> list[np.ndarray]:
    return [
        array.astype(stored_as(each.element), copy=False)
        for array, each in zip(arrays, inputs, strict=True)
    ]


def _noise(each: Input, random: np.random.Generator) -> np.ndarray:
    if isinstance(each.element, UniformType):
        low, high = each.element.limits
        return random.integers(low, high, each.shape, endpoint=True)
    return drawn(each, each.shape, random)


def _extreme(
    each: Input, known: Range | None, extremes: Extremes, random: np.random.Generator
) -> np.ndarray:
    """Values that reach as far as an input does; ids and pictures are drawn."""
    if isinstance(each.element, UniformType):
        low, high = each.element.limits
        middle = each.element.zero_point
    elif (element := each.stored or each.rounded) is not None:
        low, high = element.real_limits
        middle = 0.0
    elif stored_as(each.element) == "float32":
        low, high = known or (-USUAL_REACH, USUAL_REACH)
        low, high = min(low, 0.0), max(high, 0.0)
        middle = 0.0
    else:
        return _noise(each, random)
    parts = extremes(each.shape, random)
    return middle + np.where(parts < 0, parts * (middle - low), parts * (high - middle))


def _wide(shape: Shape, random: np.random.Generator) -> np.ndarray:
    return random.uniform(-1.0, 1.0, shape)


def _patches(shape: Shape, random: np.random.Generator) -> np.ndarray:
    """Patches of one value, at one end or the other."""
    coarse = random.choice((-1.0, 1.0), [min(PATCHES, extent) for extent in shape])
    for axis, extent in enumerate(shape):
        places = np.arange(extent) * min(PATCHES, extent) // extent
        coarse = np.take(coarse, places, axis)
    return coarse


def _borders(shape: Shape, random: np.random.Generator) -> np.ndarray:
    """0 but for the first and the last along each axis."""
    values = random.uniform(-1.0, 1.0, shape)
    inside = tuple(slice(1, -1) if extent > 2 else slice(0, 0) for extent in shape)
    values[inside] = 0.0
    return values


EXTREMES: Mapping[str, Extremes] = {
    "the whole range": _wide,
    "patches of the ends": _patches,
    "borders": _borders,
}
