"""What an output of a node can be while a graph is converted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.ir import SSAValue


@dataclass(frozen=True)
class Constant:
    """A tensor whose elements are known, under the name of the node that has it."""

    name: str
    array: np.ndarray


@dataclass(frozen=True)
class Elements:
    """A tensor array or a list: a value for each index, None where none was written."""

    values: "Sequence[Value | None]"


@dataclass(frozen=True)
class Dead:
    """What comes out of the branch that is not taken."""


@dataclass(frozen=True)
class Unknown:
    """What comes after a node that is not supported."""


Value = SSAValue | Constant | Elements | Dead | Unknown
