"""ONNX Runtime as an engine: what ONNX can say runs there, the rest by numpy.

A function is cut into runs of operators, in its order, and every run is a small model
of ONNX. What rounds reals to integers stays with numpy, in float64, so that a machine
gets the same integers of the same reals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Operation, SSAValue

from ....errors import AipuError
from ... import nn
from ..evaluate import Call, evaluate_operator
from .to_onnx import can_say, model_of

Arrays = dict[SSAValue, np.ndarray]


@dataclass(frozen=True)
class Run:
    """Operators one after another that one engine computes.

    reads, makes: what it needs from before, and what others need of it.
    """

    in_onnx: bool
    operators: Sequence[nn.Operator]
    reads: Sequence[SSAValue]
    makes: Sequence[SSAValue]


class OnnxRuntime:
    """One thread, so that the same function always takes the same sums."""

    def __init__(self) -> None:
        """
        Raises:
            AipuError: onnxruntime is not installed.
        """
        try:
            import onnxruntime
        except ImportError:
            raise AipuError(
                "the host engine 'onnxruntime' needs onnxruntime",
                remedy="pip install 'aipu-compiler[ort]'",
            ) from None
        self.runtime = onnxruntime

    def prepare(self, function: FuncOp, weights: Mapping[str, np.ndarray]) -> Call:
        block = function.body.block
        constants: Arrays = {
            op.value: weights[op.key.data]
            for op in block.ops
            if isinstance(op, nn.WeightOp)
        }
        steps = [(run, self._prepared(run, constants)) for run in runs_of(function)]
        end = block.last_op
        assert isinstance(end, ReturnOp)

        def call(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            values = constants | dict(zip(block.args, inputs, strict=True))
            for run, compute in steps:
                results = compute([values[value] for value in run.reads])
                values |= zip(run.makes, results, strict=True)
            return [values[value] for value in end.operands]

        return call

    def _prepared(self, run: Run, constants: Arrays) -> Call:
        """What computes a run."""
        if not run.in_onnx:
            return lambda inputs: by_numpy(run, constants, inputs)
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        model = model_of(run.operators, run.reads, run.makes, constants)
        session = self.runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        names = [each.name for each in session.get_inputs()]

        def compute(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            arrays = (np.ascontiguousarray(array, np.float32) for array in inputs)
            results = session.run(None, dict(zip(names, arrays, strict=True)))
            return [np.asarray(result) for result in results]

        return compute


def by_numpy(
    run: Run, constants: Arrays, inputs: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """The results of a run, operator by operator."""
    values = constants | dict(zip(run.reads, inputs, strict=True))
    for op in run.operators:
        values[op.ofm] = evaluate_operator(op, [values[each] for each in op.operands])
    return [values[value] for value in run.makes]


def runs_of(function: FuncOp) -> list[Run]:
    """The operators of a function, in runs that one engine computes each."""
    found: list[tuple[bool, list[nn.Operator]]] = []
    for op in function.body.block.ops:
        if isinstance(op, nn.Operator):
            in_onnx = can_say(op)
            if not found or found[-1][0] != in_onnx:
                found.append((in_onnx, []))
            found[-1][1].append(op)
    return [_run(in_onnx and computes(run), run) for in_onnx, run in found]


def computes(operators: Sequence[nn.Operator]) -> bool:
    """Whether any of some operators does more than move elements: numpy hardly does."""
    return not all(isinstance(op, nn.Moves | nn.ConcatOp) for op in operators)


def _run(in_onnx: bool, operators: Sequence[nn.Operator]) -> Run:
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
    return Run(in_onnx, operators, list(reads), makes)
