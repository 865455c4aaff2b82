"""About how many instructions the program of a striped group has."""

import numpy as np

from ..alike.differences import Differences
from ..alike.forms import Form
from ..bundles import Bundle
from ..stripes import Ints

FEW_ALIKE = 3
"""So many of alike bodies there are where others become a loop: the first, the last and
what the loop repeats.
"""


def instructions_of(form: Form, differ: Differences) -> Ints:
    """Of each schedule, int64 [schedules]: what stripes, and some images after others,
    leave of its steps.
    """
    stripes = np.minimum(differ.stripes, FEW_ALIKE + 1)
    lots = min(form.batch // form.images, FEW_ALIKE)
    steps = (_of_step(form, differ, step) for step in form.steps)
    return lots * stripes * sum(steps) + 4


def _of_step(form: Form, differ: Differences, step: Bundle) -> Ints:
    """Of each tile, and of each part of its depth, for each image at once."""
    images = min(form.images, FEW_ALIKE)
    body = images * (len(step.operators) + 1) + np.zeros_like(differ.stripes)
    for number in step.operators:
        parts = np.minimum(differ.parts[number], FEW_ALIKE) * (images + 1)
        body = body + differ.streams[number] * (parts - images)
    return body * np.minimum(differ.tiles[step.first], FEW_ALIKE)
