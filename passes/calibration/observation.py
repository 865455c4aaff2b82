"""Running a network on samples with an observer at every tensor."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from threadpoolctl import threadpool_limits
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError
from ..place import place
from .observers import RangeObserver


def observe(
    function: FuncOp,
    weights: Mapping[str, np.ndarray],
    batches: Iterable[Sequence[np.ndarray]],
    make_observer: Callable[[], RangeObserver],
) -> dict[SSAValue, RangeObserver]:
    """An observer for each input and each result, which has seen all batches.

    On one thread, so that every sum is added in the same order always.

    Raises:
        AipuError: a value is not finite.
    """
    observers: dict[SSAValue, RangeObserver] = {}

    def see(value: SSAValue, values: np.ndarray) -> None:
        if value not in observers:
            observers[value] = make_observer()
        observers[value].see(values)

    def see_result(op: Operation, values: np.ndarray) -> None:
        if not np.isfinite(values).all():
            raise AipuError(
                f"{op.name} gives NaN or infinity on the calibration data",
                place=place(op),
                remedy="check the data's scale, and the weights",
            )
        see(op.results[0], values)

    with threadpool_limits(1):
        for batch in batches:
            for argument, values in zip(function.args, batch, strict=True):
                see(argument, values)
            evaluate(function, batch, weights, precision=np.float64, observe=see_result)
    return observers
