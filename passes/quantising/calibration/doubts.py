"""What makes calibration data doubtful though it fits: too few samples, or too alike.

A range that is learnt from one kind of input is too narrow for the others, and a
quantised network then loses accuracy without a sign of it. Sets that are sorted by
class, of which the first hundred samples are taken, are the usual way to get there.
"""

from collections.abc import Iterator
from hashlib import sha256
from math import prod

import numpy as np
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ....dialects import nn
from .halves import Halves
from .samples import Samples

NO_DATA = (
    "no calibration data: the scales come from noise, so outputs are not accurate "
    "(cycles and bytes are)"
)
NOT_USED = "the calibration data is not used: there is no scale left to choose"

FEW = 8
"""Fewer different samples seldom show all that a tensor can hold."""

LEAST_JUDGED = 16
"""So few samples may share a best class by chance."""

LARGEST_SHARE = 0.5
LARGEST_OF_BALANCED = 2.5
"""Of the samples, what one class may have; that of a balanced set, so many times.

A keyword spotter hears words in a third of what is all silence: a set of one class is
not told by unanimity.
"""

LEAST_CLASSES = 3


class BestClasses:
    """Which class wins for each sample, if the only output looks like scores.

    That is an output [N, classes], or with axes of 1 behind, that has another size than
    the inputs: an autoencoder gives back what it gets.
    """

    def __init__(self, function: FuncOp):
        returned = function.get_return_op()
        outputs = () if returned is None else returned.operands
        self.scores = outputs[0] if len(outputs) == 1 else None
        self.best: list[int] = []
        self.classes = 0
        if self.scores is not None:
            extents = nn.shape(self.scores)[1:]
            sizes = {prod(nn.shape(each)[1:]) for each in function.args}
            self.classes = max(extents, default=0)
            one_axis = self.classes == prod(extents)
            if self.classes < LEAST_CLASSES or not one_axis or self.classes in sizes:
                self.scores = None

    def see(self, value: SSAValue, values: np.ndarray) -> None:
        """Note the best class of each sample of a batch, if `value` is the scores."""
        if value is self.scores:
            self.best += values.reshape(len(values), -1).argmax(axis=1).tolist()

    def doubts(self, count: int) -> Iterator[str]:
        """Whether the samples look like one class; `count` of them were no filling."""
        best = self.best[:count]
        if len(best) < LEAST_JUDGED:
            return
        usual = max(set(best), key=best.count)
        found = best.count(usual)
        share = max(LARGEST_SHARE, LARGEST_OF_BALANCED / self.classes)
        if found > share * len(best):
            yield (
                f"output {usual} is the largest in {found} of {len(best)} calibration "
                "samples: if outputs are classes, most samples seem to be of one, and "
                "ranges may be too narrow for the others; take some of each"
            )


def doubts(
    samples: Samples | None, classes: BestClasses, halves: Halves
) -> Iterator[str]:
    """What a user should know of the data that a network was calibrated with.

    Args:
        samples: the data, None if there is none.
        classes: what the float network says of it.
        halves: how far its tensors reach in each half of it.
    """
    if samples is None:
        yield NO_DATA
        return
    count = min(map(len, samples.values()), default=0)
    yield from _repetitions(samples, count)
    yield from classes.doubts(count)
    yield from halves.doubts()


def _repetitions(samples: Samples, count: int) -> Iterator[str]:
    """Whether there are few samples, or few that differ."""
    different = len({_digest(samples, number) for number in range(count)})
    if count < FEW:
        yield (
            f"{count} calibration sample{'s' * (count != 1)}: ranges may be too narrow "
            f"for other inputs; take {FEW} or more"
        )
    elif different < FEW or different * 2 <= count:
        yield (
            f"{different} of {count} calibration samples differ, the others repeat "
            "them: ranges may be too narrow for other inputs"
        )


def _digest(samples: Samples, number: int) -> bytes:
    """What tells one sample of all inputs from others."""
    digest = sha256()
    for array in samples.values():
        digest.update(array[number].tobytes())
    return digest.digest()
