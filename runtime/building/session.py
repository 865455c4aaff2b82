"""Running a network: `@main` calls segments, and each runs on its side.

The host's segments are evaluated in float on this computer, by numpy or by another
engine; the machine's are entry points of the binary and run on the simulator.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from threading import Lock

import numpy as np
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute

from ...dialects.semantics.engines import HostEngine
from ...dialects.semantics.evaluate import Call, evaluate
from ...passes.authoring.functions import main_function
from ...passes.authoring.places import HOST
from ...passes.authoring.segments import functions, place_of
from ...passes.scheduling.striped.kept import KEPT, Kept
from ..simulator.memory import Memory
from ..simulator.simulator import Simulator

Observer = Callable[[str, np.ndarray], None]
"""Called with the name of a layer and the bytes of its result, int8."""

Left = Mapping[str, Kept | None]
"""The results of a piece of work, by name: how they lie on chip; None if in DRAM."""


def run_network(
    module: ModuleOp,
    inputs: Sequence[np.ndarray],
    weights: Mapping[str, np.ndarray],
    simulator: Simulator,
    observe: Observer | None = None,
    left: Mapping[str, Left] = {},
) -> list[np.ndarray]:
    """The results of `@main`, the machine's segments run on the simulator.

    Of each piece of work is observed what it has `left`, by its name: if nothing is
    said, a buffer of that name.
    """
    calls = machine_calls(module, simulator, observe, left)
    return evaluate(main_function(module), inputs, weights, calls=calls)


def machine_calls(
    module: ModuleOp,
    simulator: Simulator,
    observe: Observer | None = None,
    left: Mapping[str, Left] = {},
) -> dict[str, Call]:
    """What carries out calls of the machine's segments, one at a time."""
    turn = Lock()

    def call(function: FuncOp, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        with turn:  # there is one memory
            return run_entry(function, simulator, observe, inputs, left)

    return {
        function.sym_name.data: partial(call, function)
        for function in module.ops
        if isinstance(function, FuncOp) and function.sym_name.data in simulator.entries
    }


def host_calls(
    module: ModuleOp, weights: Mapping[str, np.ndarray], engine: HostEngine
) -> dict[str, Call]:
    """What carries out calls of the host's segments."""
    return {
        function.sym_name.data: engine.prepare(function, weights)
        for function in functions(module)
        if place_of(function) == HOST
    }


def run_entry(
    function: FuncOp,
    simulator: Simulator,
    observe: Observer | None,
    inputs: Sequence[np.ndarray],
    left: Mapping[str, Left] = {},
) -> list[np.ndarray]:
    """The results of a function that is an entry point of the simulator's program."""

    def seen(work: str, memory: Memory) -> None:
        if observe is None:
            return
        for name, kept in left.get(work, {work: None}).items():
            if kept is not None:
                observe(name, kept.inside(memory.read(f"{work}/{KEPT}")))
            elif name in memory.program.buffer_number:
                observe(name, memory.read(name))

    name = function.sym_name.data
    entry = simulator.entry(name).entry
    outputs = simulator.run(name, dict(zip(entry.inputs, inputs, strict=True)), seen)
    types = function.function_type.outputs
    return [
        outputs[buffer].reshape(_shape(type))
        for buffer, type in zip(entry.outputs, types, strict=True)
    ]


def _shape(type: Attribute) -> tuple[int, ...]:
    assert isinstance(type, TensorType)
    return type.get_shape()
