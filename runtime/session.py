"""Running a network of segments: one after another, each on its side.

`@main` only calls. What a call does depends on where its function runs: the machine's
are entry points of the binary, the host's are evaluated in float on this computer.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp, ReturnOp
from xdsl.ir import Operation, SSAValue

from ..dialects.locations import source_name
from ..dialects.nn import shape
from ..dialects.semantics.evaluate import evaluate
from ..passes.functions import main_function
from ..passes.segments import MACHINE, functions, place_of
from .simulator.memory import Memory
from .simulator.simulator import Simulator

Segment = Callable[[Sequence[np.ndarray]], list[np.ndarray]]
Observer = Callable[[str, np.ndarray], None]
"""Called with the name of a layer and its result."""


def run_network(
    module: ModuleOp, segments: Mapping[str, Segment], inputs: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """The results of `@main`, whose calls are carried out by `segments`."""
    block = main_function(module).body.block
    values: dict[SSAValue, np.ndarray] = dict(zip(block.args, inputs, strict=True))
    for op in block.ops:
        if isinstance(op, CallOp):
            arguments = [values[operand] for operand in op.operands]
            results = segments[op.callee.string_value()](arguments)
            values.update(zip(op.results, results, strict=True))
        elif isinstance(op, ReturnOp):
            return [values[operand] for operand in op.operands]
    raise AssertionError("a verified function ends in a return")


def evaluated_segments(
    module: ModuleOp,
    weights: Mapping[str, np.ndarray],
    observe: Observer | None = None,
) -> dict[str, Segment]:
    """Segments that are evaluated as the operators in them say."""

    def run(function: FuncOp, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        def seen(op: Operation, result: np.ndarray) -> None:
            if observe is not None:
                observe(source_name(op), result)

        return evaluate(function, inputs, weights, observe=seen)

    return {
        function.sym_name.data: partial(run, function) for function in functions(module)
    }


def simulated_segments(
    module: ModuleOp,
    simulator: Simulator,
    weights: Mapping[str, np.ndarray],
    observe: Observer | None = None,
) -> dict[str, Segment]:
    """Segments of which those of the machine run on the simulator."""

    def run(function: FuncOp, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        name = function.sym_name.data
        entry = simulator.entry(name).entry
        given = dict(zip(entry.inputs, inputs, strict=True))
        outputs = simulator.run(name, given, seen)
        last = function.body.block.last_op
        assert last is not None
        return [
            outputs[buffer].reshape(shape(value))
            for buffer, value in zip(entry.outputs, last.operands, strict=True)
        ]

    def seen(work: str, memory: Memory) -> None:
        if observe is not None and work in simulator.program.buffer_number:
            observe(work, memory.read(work))

    segments = evaluated_segments(module, weights)
    for function in functions(module):
        if place_of(function) == MACHINE:
            segments[function.sym_name.data] = partial(run, function)
    return segments
