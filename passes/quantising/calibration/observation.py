"""Running a network on samples, and looking at every tensor."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from ....dialects import nn
from ....dialects.locations import place
from ....dialects.semantics.evaluate import evaluate
from ....dialects.semantics.one_thread import on_one_thread
from ....dialects.semantics.real.onnx_node import kind_of
from ....errors import AipuError
from ...authoring.ranges import LARGEST_REAL
from .masks import Masks


def remedy(op: Operation) -> str:
    """What may be wrong where an operator gives NaN."""
    if isinstance(op, nn.SoftmaxOp):
        return "a row is masked as a whole: hide with -1e9, not with -inf"
    return "check the scale of the data, and the weights"


def observe(
    function: FuncOp,
    weights: Mapping[str, np.ndarray],
    batches: Iterable[Sequence[np.ndarray]],
    see: Callable[[SSAValue, np.ndarray], None],
) -> None:
    """Call `see` with each input and each result, and its values in float64.

    Of what only softmaxes read, it sees what they can tell apart. On one thread, so
    that every sum is added in the same order always.

    Raises:
        AipuError: a value is NaN, or too large for the network's own float32.
    """

    masks = Masks(function)

    def see_result(op: Operation, values: np.ndarray) -> None:
        values = masks.what_counts(op.results[0], values)
        if (
            values.size
            and not -LARGEST_REAL <= values.min() <= values.max() <= LARGEST_REAL
        ):
            raise AipuError(
                f"{op.name} gives NaN, or a value beyond float32, when calibrated",
                place=place(op),
                remedy=remedy(op),
            )
        see(op.results[0], values)

    with on_one_thread():
        for batch in batches:
            for argument, values in zip(function.args, batch, strict=True):
                see(argument, masks.what_counts(argument, values.astype(np.float64)))
            typed = [
                values.astype(
                    kind_of(nn.element_type(argument), values.dtype), copy=False
                )
                for argument, values in zip(function.args, batch, strict=True)
            ]
            evaluate(function, typed, weights, precision=np.float64, observe=see_result)
