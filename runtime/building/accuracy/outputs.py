"""What is counted of an output: the whole of it, and the parts that it is joined of."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ....dialects import nn
from ....passes.authoring.functions import output_name
from ....passes.authoring.ranges import source
from ....passes.quantising.arithmetic.identity import stands_for
from ...accuracy import OutputAccuracy
from ..closeness import Closeness
from .rounded import cosine, decibels

MOVES = (nn.ReshapeOp, nn.TransposeOp)
FEWEST_CLASSES = 3


@dataclass
class Part:
    """A tensor or a part of one: does it say anything at all?

    name: of the part; of the output if it is the whole.
    """

    name: str
    closeness: Closeness = field(default_factory=Closeness)
    is_finite: bool = True
    reals: set[float] = field(default_factory=set)
    found: set[float] = field(default_factory=set)

    def see(self, reals: np.ndarray, found: np.ndarray) -> None:
        """Count one sample; where one is not finite, none is counted."""
        sound = np.isfinite(found)
        self.is_finite &= bool(sound[np.isfinite(reals)].all())
        sound &= np.isfinite(reals)
        reals, found = reals[sound], found[sound]
        if reals.size:
            self.closeness.see(reals, found)
            self.reals.update((float(reals.min()), float(reals.max())))
            self.found.update((float(found.min()), float(found.max())))

    @property
    def is_dead(self) -> bool:
        """Whether it is constant in integers, and not in reals."""
        return len(self.found) == 1 < len(self.reals)


@dataclass
class Output:
    """An output over all samples.

    value: its reals.
    join: the name of the concat that it is, moves apart, and its parts.
    same, frames: the frames whose largest element is the same one, and all.
    """

    value: SSAValue
    whole: Part
    join: nn.ConcatOp | None
    parts: list[Part]
    same: int = 0
    frames: int = 0

    def see(self, reals: np.ndarray, found: np.ndarray) -> None:
        """Count one run."""
        self.whole.see(reals, found)
        if reals.dtype.kind == "f" and has_classes(reals):
            of_reals, of_found = (a.reshape(len(a), -1) for a in (reals, found))
            self.same += int((of_reals.argmax(1) == of_found.argmax(1)).sum())
            self.frames += len(reals)

    def see_join(self, reals: np.ndarray, found: np.ndarray) -> None:
        """Count the parts of one run."""
        if self.join is None:
            return
        axis = self.join.axis.value.data
        ends = np.cumsum([nn.shape(each)[axis] for each in self.join.inputs])[:-1]
        both = (np.split(array, ends, axis) for array in (reals, found))
        for part, *arrays in zip(self.parts, *both, strict=True):
            part.see(*arrays)

    def figures(self) -> OutputAccuracy:
        """As it is kept."""
        closeness = self.whole.closeness
        share = round(self.same / self.frames, 4) if self.frames else None
        name = self.whole.name
        return OutputAccuracy(name, decibels(closeness), cosine(closeness), share)


def compared_outputs(function: FuncOp) -> Iterator[Output]:
    """The outputs of a network in reals."""
    returned = function.get_return_op()
    assert returned is not None
    for number, value in enumerate(returned.operands):
        join = join_of(value)
        parts = [] if join is None else [Part(source(each)) for each in join.inputs]
        yield Output(value, Part(output_name(function, number)), join, parts)


def join_of(value: SSAValue) -> nn.ConcatOp | None:
    """The concat that a value is, however it was moved since."""
    maker = unmoved(value).owner
    return maker if isinstance(maker, nn.ConcatOp) else None


def unmoved(value: SSAValue) -> SSAValue:
    """The value before it was given another shape, or another order of its axes."""
    while isinstance(value.owner, MOVES):
        value = value.owner.ifm
    return value


def name_of_join(output: Output) -> str:
    """The name of the tensor that an output is joined to; empty if it is none."""
    return "" if output.join is None else stands_for(output.join.ofm)


def has_classes(array: np.ndarray) -> bool:
    """Whether an output may be scores of classes: one vector a frame."""
    if array.ndim < 2 or array.size == 0:
        return False
    return array[0].size == max(array.shape[1:]) >= FEWEST_CLASSES
