"""Running a module on numbers, at whichever level it is written.

Operators and groups are evaluated; the entry points of a program are simulated.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from ...backend_aipu.codegen import to_program
from ...backend_aipu.machine import load_machine
from ...dialects.aipu import ProgramOp
from ...dialects.locations import place
from ...dialects.nn import QuantiseOp
from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError
from ...passes.authoring.segments import functions
from ...passes.running.executable import WORK, Arrays, Observe, Probe
from ...passes.scheduling.network.groups import groups_of, operators_of
from ..building.session import run_entry, run_network
from ..simulator.simulator import Simulator
from .work_probes import probes_of_groups, probes_of_program


class Executable:
    """A module as it was when it was loaded."""

    def __init__(self, module: ModuleOp, weights: Mapping[str, np.ndarray]):
        """
        Args:
            module: with one function, or one called `main`.
            weights: the store that `nn.weight` reads.

        Raises:
            AipuError: the module has no network, or its program is for no machine.
        """
        self.module = module.clone()
        self.weights = weights
        self.network = network(self.module)
        self.works: dict[Operation, str] = {
            operators_of(group)[-1]: group.work.data
            for function in functions(self.module)
            for group in groups_of(function)
        }
        self.simulator: Simulator | None = None
        for op in self.module.ops:
            if isinstance(op, ProgramOp):
                machine = load_machine(op.target.data)
                self.simulator = Simulator(to_program(op), weights, machine)
        entries = self.simulator.entries if self.simulator else {}
        if self.network.is_declaration and self.network.sym_name.data not in entries:
            raise AipuError(
                f"the network @{self.network.sym_name.data} has neither a body nor an "
                "entry point"
            )

    @property
    def inputs(self) -> Sequence[str]:
        """The types of the network's inputs."""
        return list(map(str, self.network.function_type.inputs))

    @property
    def rounds(self) -> bool:
        """Whether reals become integers in it, and a little a whole step."""
        return any(isinstance(op, QuantiseOp) for op in self.module.walk())

    def run(self, inputs: Arrays, observe: Observe | None = None) -> list[np.ndarray]:
        """The results of the network.

        Args:
            inputs: one array an argument, of the argument's shape.
            observe: called with each operator or piece of work, in order.
        """
        if self.simulator is None:
            seen = None if observe is None else self._seen(observe)
            return evaluate(self.network, inputs, self.weights, observe=seen)

        def launched(work: str, result: np.ndarray) -> None:
            if observe is not None:
                observe(work, WORK, result)

        if self.network.is_declaration:
            return run_entry(self.network, self.simulator, launched, inputs)
        return run_network(self.module, inputs, self.weights, self.simulator, launched)

    def _seen(self, observe: Observe) -> Callable[[Operation, np.ndarray], None]:
        """Shows an observer operators, and groups when their last one was computed."""

        def seen(op: Operation, result: np.ndarray) -> None:
            observe(place(op), op.name, result)
            if op in self.works:
                observe(self.works[op], WORK, result)

        return seen

    def probes(self) -> Mapping[str, Probe]:
        """The pieces of work by their names, each by itself."""
        if self.simulator is None:
            return probes_of_groups(self.module, self.weights)
        return probes_of_program(self.simulator)


def execute(
    module: ModuleOp,
    inputs: Sequence[np.ndarray],
    weights: Mapping[str, np.ndarray],
) -> list[np.ndarray]:
    """The results of the module's network: see `Executable`."""
    return Executable(module, weights).run(inputs)


def network(module: ModuleOp) -> FuncOp:
    """The function of a module that is the network: `main`, or the only one."""
    functions = [op for op in module.ops if isinstance(op, FuncOp)]
    for function in functions:
        if function.sym_name.data == "main" or len(functions) == 1:
            return function
    raise AipuError(f"expected a function @main, found {len(functions)} functions")
