"""What a check of values needs of a module: inputs for it, and to run it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from xdsl.dialects.builtin import ModuleOp

Arrays = Sequence[np.ndarray]

Observe = Callable[[str, str, np.ndarray], None]
"""Shown what a result comes from, a node or a piece of work; what it is of; and it."""

WORK = "the piece of work"
"""What the result of a group or of a launch is of; that of an operator is its name."""


class Draw(NamedTuple):
    """Inputs of a network, `usual` if they are such as it is calibrated for."""

    name: str
    inputs: Arrays
    usual: bool


class Probe(NamedTuple):
    """A piece of work by itself: the feature maps that it reads, and its results.

    There is a result, int8, for each of some contents of the feature maps.
    """

    reads: frozenset[str]
    results: tuple[np.ndarray, ...]


class Executable(Protocol):
    """A module that can be run."""

    @property
    def inputs(self) -> Sequence[str]:
        """The types of the network's inputs."""
        ...

    @property
    def rounds(self) -> bool:
        """Whether reals become integers in it, and a little a whole step."""
        ...

    def run(self, inputs: Arrays, observe: Observe | None = None) -> Arrays:
        """The results of the network."""
        ...

    def probes(self) -> Mapping[str, Probe]:
        """The pieces of work by their names, each by itself."""
        ...


Load = Callable[[ModuleOp, Mapping[str, np.ndarray]], Executable]
"""Makes a module, with its weights, ready to be run; later changes do not count."""
