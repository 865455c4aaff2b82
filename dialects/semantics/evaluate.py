"""Running a function on arrays, one operation after another.

A function is of `nn` operators, of `tile` groups, or of calls to other functions: the
first are computed, the others run what is inside of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import Block, Operation, SSAValue

from ...errors import AipuError
from .. import nn, tile
from ..locations import source_name
from ..quant import quantisation
from . import integer, real

Observer = Callable[[Operation, np.ndarray], np.ndarray | None]
"""Shown an operator and its result; what it gives, if anything, takes its place."""

Call = Callable[[Sequence[np.ndarray]], list[np.ndarray]]

UNOBSERVED = (nn.WeightOp, tile.GroupOp, CallOp)
"""Whose results are no operator's own."""


def evaluate(
    function: FuncOp,
    inputs: Sequence[np.ndarray],
    weights: Mapping[str, np.ndarray],
    *,
    precision: type[np.floating] = np.float32,
    observe: Observer | None = None,
    calls: Mapping[str, Call] | None = None,
) -> list[np.ndarray]:
    """The results of `function` on `inputs`.

    Args:
        function: a body of operators, groups or calls.
        inputs: one array an argument, of the argument's shape.
        weights: the store that `nn.weight` reads.
        precision: of the float operators.
        observe: called with each operator and its result, which it may replace.
        calls: what carries out calls of functions by their name; the others are
            evaluated as they stand in the module of `function`.
    """
    evaluator = _Evaluator(weights, precision, observe, calls or {})
    return evaluator.function(function, inputs)


def evaluate_block(
    block: Block, inputs: Sequence[np.ndarray], weights: Mapping[str, np.ndarray]
) -> list[np.ndarray]:
    """What the terminator of a block names, on one array an argument."""
    return _Evaluator(weights, np.float32, None).block(block, inputs)


def evaluate_operator(op: Operation, arguments: Sequence[np.ndarray]) -> np.ndarray:
    """The result of one operator on the arrays of its operands.

    An operator with an integer on either side of it, operand or result, is one on
    integers. Reals follow IEEE 754: infinities and NaN are values, not warnings.
    """
    values = (*op.operands, *op.results)
    quantised = any(quantisation(value) is not None for value in values)
    functions = integer.FUNCTIONS if quantised else real.FUNCTIONS
    if type(op) not in functions:
        kind, decorator = ("integers", "integer") if quantised else ("reals", "real")
        raise AipuError(
            f"{op.name} has no meaning on {kind}",
            place=source_name(op),
            remedy=f"`@{decorator}({type(op).__name__})` of aipu.extend gives it one",
        )
    with np.errstate(all="ignore"):
        return np.asarray(functions[type(op)](op, *arguments))


@dataclass(frozen=True)
class _Evaluator:
    weights: Mapping[str, np.ndarray]
    precision: type[np.floating]
    observe: Observer | None
    calls: Mapping[str, Call] = field(default_factory=dict)

    def function(
        self, function: FuncOp, inputs: Sequence[np.ndarray]
    ) -> list[np.ndarray]:
        """The results of a function."""
        return self.block(function.body.block, inputs)

    def block(self, block: Block, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """What a block's terminator names.

        An array is dropped with its last reader: only the widest cut is kept.
        """
        values: dict[SSAValue, np.ndarray] = dict(zip(block.args, inputs, strict=True))
        readers = _last_readers(block)
        for op in block.ops:
            arguments = [self.precise(values[operand]) for operand in op.operands]
            if op is block.last_op:
                return arguments
            dropped = readers.get(op, ())
            for value in dropped:
                values.pop(value, None)
            results = self.results(op, arguments)
            arguments.clear()  # before anybody looks at the results
            if self.observe is not None and not isinstance(op, UNOBSERVED):
                instead = self.observe(op, *results)
                results = results if instead is None else [instead]
            values |= zip(op.results, results, strict=True)
            for value in dropped:
                values.pop(value, None)
        raise AipuError("a block must end in a terminator")

    def results(
        self, op: Operation, arguments: Sequence[np.ndarray]
    ) -> list[np.ndarray]:
        """The results of an operation on the arrays of its operands."""
        match op:
            case nn.WeightOp():
                return [self.precise(self.weights[op.key.data])]
            case tile.GroupOp():
                return self.block(op.body.block, arguments)
            case CallOp():
                return self.call(op, arguments)
        return [evaluate_operator(op, arguments)]

    def call(self, op: CallOp, arguments: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The results of a call."""
        name = op.callee.string_value()
        if name in self.calls:
            return self.calls[name](arguments)
        return self.function(_function(op, name), arguments)

    def precise(self, array: np.ndarray) -> np.ndarray:
        """Floats in the wanted precision, integers as they are.

        Floats lie in the order of their indices: numpy sums in the order in which
        numbers lie, and a sum must not depend on what moved them before.
        """
        if array.dtype.kind == "f":
            return array.astype(self.precision, order="C", copy=False)
        return array


def _function(call: CallOp, name: str) -> FuncOp:
    """The function that a call names, in the module that the call is in."""
    module = call.get_toplevel_object()
    assert isinstance(module, ModuleOp)
    for op in module.ops:
        if isinstance(op, FuncOp) and op.sym_name.data == name and op.body.blocks:
            return op
    raise AipuError(f"there is no body of the function @{name} to evaluate")


def _last_readers(block: Block) -> dict[Operation, list[SSAValue]]:
    last: dict[SSAValue, Operation] = {}
    for op in block.ops:
        for value in (*op.results, *op.operands):
            last[value] = op
    readers: dict[Operation, list[SSAValue]] = {}
    for value, op in last.items():
        readers.setdefault(op, []).append(value)
    return readers
