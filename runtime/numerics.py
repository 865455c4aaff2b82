"""Running a module on numbers, at whichever level it is written.

Operators and groups are evaluated; the entry points of a program are simulated.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from ..backend_aipu.codegen import to_program
from ..backend_aipu.machine import load_machine
from ..dialects.aipu import ProgramOp
from ..dialects.nn import shape
from ..dialects.quant import quantisation
from ..dialects.semantics.evaluate import evaluate
from ..errors import AipuError
from .session import run_network
from .simulator.simulator import Simulator

Observe = Callable[[Operation, np.ndarray], None]


def execute(
    module: ModuleOp,
    inputs: Sequence[np.ndarray],
    weights: Mapping[str, np.ndarray],
    observe: Observe | None = None,
) -> list[np.ndarray]:
    """The results of the module's network.

    Args:
        module: with one function, or one called `main`.
        inputs: one array an argument, of the argument's shape.
        weights: the store that `nn.weight` reads.
        observe: called with each operator and its result, in order.
    """
    program = next((op for op in module.ops if isinstance(op, ProgramOp)), None)
    if program is None:
        return evaluate(network(module), inputs, weights, observe=observe)
    machine = load_machine(program.target.data)
    simulator = Simulator(to_program(program), weights, machine)
    return run_network(module, inputs, weights, simulator)


def network(module: ModuleOp) -> FuncOp:
    """The function of a module that is the network: `main`, or the only one."""
    functions = [op for op in module.ops if isinstance(op, FuncOp)]
    for function in functions:
        if function.sym_name.data == "main" or len(functions) == 1:
            return function
    raise AipuError(f"expected a function @main, found {len(functions)} functions")


def sample_inputs(module: ModuleOp, seed: int) -> list[np.ndarray]:
    """An array for each argument: normal reals, or integers of the whole range."""
    random = np.random.default_rng(seed)
    arrays: list[np.ndarray] = []
    for argument in network(module).body.block.args:
        element = quantisation(argument)
        if element is None:
            normal = random.standard_normal(shape(argument))
            arrays.append(normal.astype(np.float32))
            continue
        low, high = element.limits
        integers = random.integers(low, high, shape(argument), endpoint=True)
        arrays.append(integers.astype(f"int{element.storage.width.data}"))
    return arrays
