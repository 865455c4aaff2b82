"""Inputs that are unlike the samples which the ranges of a network were chosen by.

What lies beyond the range of an input is cut off there. A little of that is what ranges
are chosen for; much of it, far beyond, and the outputs are those of another input.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from xdsl.dialects.func import FuncOp

from ...passes.authoring.functions import input_name
from ...passes.authoring.ranges import RANGE, as_range, read, read_told_apart

BEYOND = 0.25
"""So far out of its range, as a part of it, a value is not just rare."""

MOST = 0.01
"""Of so many elements that are, nothing is said."""


def unlike_samples(main: FuncOp, inputs: Mapping[str, np.ndarray]) -> Iterator[str]:
    """A warning for each input of which much lies far out of its range.

    Args:
        main: the function of the network, its inputs with their ranges.
        inputs: arrays of reals by name.
    """
    for argument in main.args:
        name, found = input_name(argument), as_range(read(argument, RANGE))
        if name not in inputs or found is None or read_told_apart(argument) is not None:
            continue
        low, high = found
        margin = BEYOND * (high - low)
        values = inputs[name]
        beyond = (values < low - margin) | (values > high + margin)
        share = float(np.mean(beyond)) if values.size else 0.0
        if share > MOST:
            yield (
                f"input '{name}': {share:.0%} of its elements lie far out of {low:.4g} "
                f"to {high:.4g}, the range of the calibration samples, and are cut off "
                "there: calibrate on samples like this one"
            )
