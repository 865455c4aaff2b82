"""Running a function of `nn` operators on arrays, one operator after another."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import Block, Operation, SSAValue
from xdsl.traits import SymbolTable

from ...errors import AipuError
from .. import nn
from ..quant import quantisation
from . import integer, real

Observer = Callable[[Operation, np.ndarray], None]


def evaluate(
    function: FuncOp,
    inputs: Sequence[np.ndarray],
    weights: Mapping[str, np.ndarray],
    *,
    precision: type[np.floating] = np.float32,
    observe: Observer | None = None,
) -> list[np.ndarray]:
    """The results of `function` on `inputs`.

    Args:
        function: a body of `nn` operators, float or quantised, and of calls.
        inputs: one array an argument, of the argument's shape.
        weights: the store that `nn.weight` reads.
        precision: of the float operators.
        observe: called with each operator and its result, also in what is called.
    """
    block = function.body.block
    values: dict[SSAValue, np.ndarray] = dict(zip(block.args, inputs, strict=True))
    return evaluate_block(block, values, weights, precision=precision, observe=observe)


def evaluate_block(
    block: Block,
    values: dict[SSAValue, np.ndarray],
    weights: Mapping[str, np.ndarray],
    *,
    precision: type[np.floating] = np.float32,
    observe: Observer | None = None,
) -> list[np.ndarray]:
    """Run a block whose arguments are in `values`; return what its terminator names.

    An array is dropped after its last reader, so a network needs its widest cut only.
    """
    readers = _last_readers(block)
    for op in block.ops:
        if op is block.last_op and not isinstance(op, nn.Operator | nn.WeightOp):
            return [values[operand] for operand in op.operands]
        if isinstance(op, nn.WeightOp):
            values[op.value] = _as(weights[op.key.data], precision)
            continue
        arguments = [_as(values[operand], precision) for operand in op.operands]
        if isinstance(op, CallOp):
            results = evaluate(
                _called(op), arguments, weights, precision=precision, observe=observe
            )
        else:
            results = [evaluate_operator(op, arguments)]
            if observe is not None:
                observe(op, results[0])
        values.update(zip(op.results, results, strict=True))
        for value in readers.get(op, ()):
            values.pop(value, None)
    raise AipuError("a function must end in a return")


def evaluate_operator(op: Operation, arguments: Sequence[np.ndarray]) -> np.ndarray:
    """The result of one operator on the arrays of its operands.

    An operator with an integer on either side of it, operand or result, is one on
    integers. Reals follow IEEE 754: infinities and NaN are values, not warnings.
    """
    values = (*op.operands, *op.results)
    quantised = any(quantisation(value) is not None for value in values)
    functions = integer.FUNCTIONS if quantised else real.FUNCTIONS
    if type(op) not in functions:
        kind = "integers" if quantised else "reals"
        raise AipuError(f"{op.name} has no meaning on {kind}")
    with np.errstate(all="ignore"):
        return functions[type(op)](op, *arguments)


def _called(call: CallOp) -> FuncOp:
    """The function that a call names, in the same module."""
    function = SymbolTable.lookup_symbol(call, call.callee)
    if not isinstance(function, FuncOp):
        raise AipuError(f"there is no function {call.callee}")
    return function


def _as(array: np.ndarray, precision: type[np.floating]) -> np.ndarray:
    """Floats in the wanted precision, integers as they are."""
    return array.astype(precision, copy=False) if array.dtype.kind == "f" else array


def _last_readers(block: Block) -> dict[Operation, list[SSAValue]]:
    last: dict[SSAValue, Operation] = {}
    for op in block.ops:
        for value in (*op.results, *op.operands):
            last[value] = op
    readers: dict[Operation, list[SSAValue]] = {}
    for value, op in last.items():
        readers.setdefault(op, []).append(value)
    return readers


def operators(block: Block) -> Iterable[nn.Operator]:
    """The `nn` operators of a block, in order."""
    return (op for op in block.ops if isinstance(op, nn.Operator))
