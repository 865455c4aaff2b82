"""The reals that quantised tensors stand for: the prepared network, on inputs.

It is the very network that was quantised, so each value that the machine makes has its
partner in it, whatever passes have done to the model before. Two things are not as the
operators alone would have it. What the model itself rounds is rounded here too, or a
model of int8 would be blamed for what it is. And what was cut off on purpose, since no
reader can tell it from its end, is cut off: beyond six of a sigmoid, the masked scores
of a softmax.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import BlockArgument, Operation, OpResult, SSAValue
from xdsl.rewriter import InsertPoint, Rewriter

from ...dialects import nn
from ...dialects.quant import quantisation
from ...dialects.semantics.evaluate import evaluate
from ...dialects.semantics.uniform import to_reals
from ...passes.authoring.functions import input_name, main_function
from ...passes.authoring.pinned import pinned
from ...passes.authoring.ranges import LARGEST_REAL, read_told_apart
from ...passes.quantising.arithmetic.identity import stands_for
from ...passes.quantising.calibration.masks import Masks


class Real(NamedTuple):
    """One tensor in reals: float32, of the shape of its integers.

    low, high: beyond which no reader tells values apart, for all or for each.
    cut: in words, where these are cut off; empty where all values count.
    """

    values: np.ndarray
    low: np.ndarray | float
    high: np.ndarray | float
    cut: str = ""

    def seen(self, values: np.ndarray) -> np.ndarray:
        """Values that stand for these, as readers tell them apart."""
        return np.clip(values, self.low, self.high) if self.cut else values


class Seen(NamedTuple):
    """What a run shows: the outputs, and every named tensor."""

    outputs: Sequence[np.ndarray]
    tensors: Mapping[str, Real]


class RealNetwork:
    """A prepared network, to be evaluated on inputs."""

    def __init__(self, prepared: ModuleOp, weights: Mapping[str, np.ndarray]):
        self.weights = weights
        self.module = prepared.clone()
        self.function = main_function(self.module)
        self.named = dict(_told_by_name(self.function))
        self.masks = Masks(self.function)
        self.rounded = dict(_round_as_the_model(self.function))

    def values(
        self, inputs: Sequence[np.ndarray], names: Collection[str]
    ) -> Mapping[str, Real]:
        """The tensors of some names; of those that share a name, none."""
        return self.run(inputs, names).tensors

    def run(self, inputs: Sequence[np.ndarray], names: Collection[str]) -> Seen:
        """The outputs, and the tensors of some names; of those that share one, none."""
        wanted = {value for name, value in self.named.items() if name in names}
        arrays: dict[SSAValue, np.ndarray] = {
            argument: array
            for argument, array in zip(self.function.args, inputs, strict=True)
            if argument in wanted
        }

        def keep(op: Operation, result: np.ndarray) -> None:
            value = self.rounded.get(op, op.results[0])
            if value in wanted:
                arrays[value] = result

        outputs = evaluate(self.function, inputs, self.weights, observe=keep)
        tensors = {
            name: self.real(value, arrays[value])
            for name, value in self.named.items()
            if value in arrays
        }
        return Seen(outputs, tensors)

    def real(self, value: SSAValue, array: np.ndarray) -> Real:
        """A value, and what its readers tell apart of it."""
        element = quantisation(value)
        reals = array if element is None else to_reals(array, element)
        if not np.isfinite(reals).all():
            reals = np.clip(reals, -LARGEST_REAL, LARGEST_REAL)
        rows = self.masks.masked_rows(value, reals)
        if rows is not None:
            low = np.where(rows.visible, rows.floor, 0.0)
            high = np.where(rows.visible, LARGEST_REAL, 0.0)
            return Real(reals, low, high, "as far as a softmax tells masked ones apart")
        told_apart = read_told_apart(value)
        if told_apart is None:
            return Real(reals, -LARGEST_REAL, LARGEST_REAL)
        low, high = told_apart
        return Real(reals, low, high, f"within {_end(low)} and {_end(high)}")


def _end(number: float) -> str:
    """An end of a range, to four digits, or that there is none."""
    return f"{number:.4g}" if abs(number) < LARGEST_REAL else "any"


def _told_by_name(function: FuncOp) -> Iterator[tuple[str, SSAValue]]:
    """The inputs and results whose name is theirs alone."""
    values: list[tuple[str, SSAValue]] = [
        (input_name(argument), argument) for argument in function.args
    ]
    for op in function.body.block.ops:
        if isinstance(op, nn.Operator):
            values.append((stands_for(op.ofm), op.ofm))
    count = Counter(name for name, _ in values)
    return ((name, value) for name, value in values if name and count[name] == 1)


def _round_as_the_model(function: FuncOp) -> Iterator[tuple[Operation, SSAValue]]:
    """Put a pair of quantise and dequantise behind all that the model rounds.

    Yields the dequantise, and the value that it rounds.
    """
    block = function.body.block
    values = [*block.args, *(result for op in block.ops for result in op.results)]
    for value in values:
        element = pinned(value)
        if element is None or quantisation(value) is not None:
            continue
        readers = list(value.uses)
        before = nn.QuantiseOp(value, element)
        after = nn.DequantiseOp(before.ofm)
        Rewriter.insert_op([before, after], _behind(value))
        for use in readers:
            use.operation.operands[use.index] = after.ofm
        yield after, value


def _behind(value: SSAValue) -> InsertPoint:
    match value:
        case OpResult():
            return InsertPoint.after(value.op)
        case BlockArgument():
            return InsertPoint.at_start(value.block)
    raise TypeError(f"{value} is neither a result nor an argument")
