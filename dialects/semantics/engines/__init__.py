"""Who computes what the host runs: engines, each from a function to a call of it.

numpy says what operators mean, and is what every level is compared with. Another engine
is faster, and close: to rounding in float32.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from xdsl.dialects.func import FuncOp

from ....errors import AipuError, nearest
from ..evaluate import Call, evaluate

TOLERANCE = 1e-5
"""How far reals may be from numpy's, of the largest of a tensor."""


class HostEngine(Protocol):
    """Prepares functions of a network once, to be called many times.

    One that is not as close to numpy as TOLERANCE says so: `tolerance`, a number.
    """

    def prepare(self, function: FuncOp, weights: Mapping[str, np.ndarray]) -> Call:
        """What computes the results of a function from one array an argument."""
        ...


class Numpy:
    """Operator by operator, as each is defined."""

    def prepare(self, function: FuncOp, weights: Mapping[str, np.ndarray]) -> Call:
        return lambda inputs: evaluate(function, inputs, weights)


def tolerance_of(engine: HostEngine) -> float:
    """How far an engine may be from numpy."""
    return float(getattr(engine, "tolerance", TOLERANCE))


def onnxruntime() -> HostEngine:
    from .on_onnxruntime import OnnxRuntime

    return OnnxRuntime()


def ncnn() -> HostEngine:
    from .on_ncnn import Ncnn

    return Ncnn()


NUMPY = "numpy"

ENGINES: dict[str, Callable[[], HostEngine]] = {
    NUMPY: Numpy,
    "onnxruntime": onnxruntime,
    "ncnn": ncnn,
}
"""What makes an engine, by its name; extensions add theirs."""


def host_engine(name: str) -> HostEngine:
    """The engine of a name.

    Raises:
        AipuError: there is none, or what it needs is not installed.
    """
    if name not in ENGINES:
        raise AipuError(f"no host engine '{name}'", remedy=nearest(name, ENGINES))
    return ENGINES[name]()
