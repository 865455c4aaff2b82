"""A function as runs of operators: each by an engine as a whole, or by numpy.

What an engine cannot say is left to numpy. So is what rounds reals to integers, unless
an engine has something that gives the very same: a machine gets the same integers of
the same reals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Operation, SSAValue

from ... import nn
from ..evaluate import Call, evaluate_operator

Arrays = dict[SSAValue, np.ndarray]
CanSay = Callable[[nn.Operator], bool]


@dataclass(frozen=True)
class Run:
    """Operators one after another that one engine computes.

    by_engine: whether that is the engine; numpy else.
    reads, makes: what it needs from before, and what others need of it.
    """

    by_engine: bool
    operators: Sequence[nn.Operator]
    reads: Sequence[SSAValue]
    makes: Sequence[SSAValue]


def prepared_in_runs(
    function: FuncOp,
    weights: Mapping[str, np.ndarray],
    can_say: CanSay,
    prepared: Callable[[Run, Arrays], Call],
    by_itself: Callable[[nn.Operator], Call | None] = lambda op: None,
) -> Call:
    """What computes a function, run by run.

    Args:
        can_say: whether the engine has an operator.
        prepared: what computes a run by the engine, with the constants of the function.
        by_itself: what computes an operator among those of numpy, if the engine does.
    """
    block = function.body.block
    constants: Arrays = {
        op.value: weights[op.key.data]
        for op in block.ops
        if isinstance(op, nn.WeightOp)
    }
    steps = [
        (
            run,
            prepared(run, constants)
            if run.by_engine
            else by_numpy(run, constants, by_itself),
        )
        for run in runs_of(function, can_say)
    ]
    end = block.last_op
    assert isinstance(end, ReturnOp)

    def call(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        values = constants | dict(zip(block.args, inputs, strict=True))
        for run, compute in steps:
            results = compute([values[value] for value in run.reads])
            values |= zip(run.makes, results, strict=True)
        return [values[value] for value in end.operands]

    return call


def by_numpy(
    run: Run,
    constants: Arrays,
    by_itself: Callable[[nn.Operator], Call | None] = lambda op: None,
) -> Call:
    """What computes a run operator by operator."""
    others = {op: by_itself(op) for op in run.operators}

    def call(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        values = constants | dict(zip(run.reads, inputs, strict=True))
        for op in run.operators:
            arguments = [values[each] for each in op.operands]
            other = others[op]
            if other is not None:
                (values[op.ofm],) = other(arguments)
            else:
                values[op.ofm] = evaluate_operator(op, arguments)
        return [values[value] for value in run.makes]

    return call


def runs_of(function: FuncOp, can_say: CanSay) -> list[Run]:
    """The operators of a function, in runs that one engine computes each."""
    found: list[tuple[bool, list[nn.Operator]]] = []
    for op in function.body.block.ops:
        if isinstance(op, nn.Operator):
            said = can_say(op)
            if not found or found[-1][0] != said:
                found.append((said, []))
            found[-1][1].append(op)
    return [_run(said and computes(run), run) for said, run in found]


def computes(operators: Sequence[nn.Operator]) -> bool:
    """Whether any of some operators does more than move elements: numpy hardly does."""
    return not all(isinstance(op, nn.Moves | nn.ConcatOp) for op in operators)


def _run(by_engine: bool, operators: Sequence[nn.Operator]) -> Run:
    inside: set[Operation] = set(operators)
    reads = dict.fromkeys(
        value
        for op in operators
        for value in op.operands
        if value.owner not in inside and not isinstance(value.owner, nn.WeightOp)
    )
    makes = [
        op.ofm
        for op in operators
        if any(use.operation not in inside for use in op.ofm.uses)
    ]
    return Run(by_engine, operators, list(reads), makes)
