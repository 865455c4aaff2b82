"""About how many instructions the program of a striped group has."""

import numpy as np

from ..alike.differences import Differences
from ..alike.forms import Form
from ..alike.rings import Rings
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
    stripes = np.minimum(differ.heights.counts.stripes, FEW_ALIKE + 1)
    lots = min(form.batch // form.images, FEW_ALIKE)
    rings = differ.rings
    steps = np.sum([_of_step(form, rings, step) for step in form.steps], axis=0)
    return differ.by_height(lots * stripes) * differ.by_rings(steps) + 4


def _of_step(form: Form, rings: Rings, step: Bundle) -> Ints:
    """Of each tile, and of each part of its depth, for each image at once, int64
    [rings].
    """
    images = min(form.images, FEW_ALIKE)
    body = images * (len(step.operators) + 1)
    for number in step.operators:
        parts = np.minimum(rings.parts[number], FEW_ALIKE) * (images + 1)
        body = body + rings.streams[number] * (parts - images)
    return body * np.minimum(rings.tiles[step.first], FEW_ALIKE)
