"""The ladder: every layer of the machine at every level, compared bit for bit.

The quantised network is the reference of what the machine computes. The groups of the
`tile` level, the program of the `aipu` level and the decoded binary must all give the
same bytes. How far integers are from the reals that they stand for is shown beside it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue

from ...backend_aipu.codegen import to_program
from ...backend_aipu.machine import Machine
from ...dialects import tile
from ...dialects.aipu import ProgramOp
from ...dialects.locations import source_name
from ...dialects.quant import UniformType, uniform
from ...dialects.semantics.evaluate import evaluate
from ...dialects.semantics.uniform import to_singles
from ...errors import AipuError
from ...passes.authoring.functions import main_function
from ...passes.authoring.segments import machine_functions
from ...passes.quantising.arithmetic.identity import stands_for
from ...passes.scheduling.network.groups import groups_of
from ...passes.scheduling.network.links import keeps_result, kept_as
from ..simulator.simulator import Simulator
from .closeness import Closeness
from .levels import AIPU, PREPARED, QUANTISED, TILE, Levels
from .reals import Real, RealNetwork
from .session import Left, run_network

Layers = Mapping[str, np.ndarray]
Inputs = Sequence[np.ndarray]

NO_PARTNER = "it stands for no tensor of the float network"


@dataclass(frozen=True)
class Row:
    """One layer at one level, over all samples.

    equal: the same bytes as in the quantised network.
    cosine, sqnr_db: against the reals that it stands for; None where there are none.
    remark: why there is no figure, or to what the reals were cut before.
    """

    name: str
    level: str
    equal: bool
    cosine: float | None
    sqnr_db: float | None
    remark: str = ""


@dataclass
class _Rung:
    """A layer at one level, as far as samples were seen."""

    name: str
    level: str
    element: UniformType
    reals: str
    equal: bool = True
    remark: str = ""
    closeness: Closeness = field(default_factory=Closeness)

    def see(
        self, expected: np.ndarray, found: np.ndarray | None, real: Real | None
    ) -> None:
        """Compare one sample."""
        if found is None:
            self.equal = False
            return
        self.equal &= np.array_equal(np.ravel(expected), np.ravel(found))
        if real is None or real.values.shape != expected.shape:
            self.remark = NO_PARTNER
            return
        self.remark = real.cut
        values = to_singles(found.reshape(expected.shape), self.element)
        self.closeness.see(real.seen(real.values), real.seen(values))

    def row(self) -> Row:
        compared = self.remark != NO_PARTNER and self.closeness.seen
        cosine, sqnr_db = self.closeness.cosine, self.closeness.sqnr_db
        figures = (cosine, sqnr_db) if compared else (None, None)
        return Row(self.name, self.level, self.equal, *figures, self.remark)


def verify(
    levels: Levels,
    weights: Mapping[str, np.ndarray],
    simulator: Simulator,
    samples: Iterable[Inputs],
) -> list[Row]:
    """The rows of all layers that the machine runs, level by level.

    Args:
        levels: the network at every level.
        weights: of all levels.
        simulator: with the decoded binary.
        samples: the inputs of the network, run by run.
    """
    module = levels[QUANTISED]
    lowered = _lowered(levels[AIPU], weights, simulator.machine)
    network = RealNetwork(levels[PREPARED], weights)
    layers = _machine_layers(levels[TILE])
    names = {name for name, *_ in layers}
    left = _left(levels[TILE])
    found: dict[str, Callable[[Inputs], Layers]] = {
        "tile": lambda inputs: _evaluated(levels[TILE], inputs, weights, names),
        "aipu": lambda inputs: _simulated(module, inputs, weights, lowered, left),
        "binary": lambda inputs: _simulated(module, inputs, weights, simulator, left),
    }
    rungs = {
        level: [_Rung(name, level, element, reals) for name, element, reals in layers]
        for level in found
    }
    for inputs in samples:
        expected = _evaluated(module, inputs, weights, names)
        reals = network.values(inputs, {reals for *_, reals in layers})
        for level, run in found.items():
            made = run(inputs)
            for rung in rungs[level]:
                layer = made.get(rung.name)
                rung.see(expected[rung.name], layer, reals.get(rung.reals))
            del made  # before the next level makes its own
    return [rung.row() for level in found for rung in rungs[level]]


def _lowered(
    module: ModuleOp, weights: Mapping[str, np.ndarray], machine: Machine
) -> Simulator:
    """A simulator of the program that a module says, not of the binary."""
    return Simulator(to_program(program_of(module)), weights, machine)


def program_of(module: ModuleOp) -> ProgramOp:
    """The program in a lowered module."""
    for op in module.ops:
        if isinstance(op, ProgramOp):
            return op
    raise AipuError("the module has no aipu.program")


def _evaluated(
    module: ModuleOp,
    inputs: Inputs,
    weights: Mapping[str, np.ndarray],
    names: Collection[str],
) -> Layers:
    """The results of the operators of some names."""
    layers: dict[str, np.ndarray] = {}

    def keep(op: Operation, result: np.ndarray) -> None:
        if source_name(op) in names:
            layers[source_name(op)] = result

    evaluate(main_function(module), inputs, weights, observe=keep)
    return layers


def _simulated(
    module: ModuleOp,
    inputs: Sequence[np.ndarray],
    weights: Mapping[str, np.ndarray],
    simulator: Simulator,
    left: Mapping[str, Left],
) -> Layers:
    layers: dict[str, np.ndarray] = {}
    run_network(module, inputs, weights, simulator, layers.__setitem__, left)
    return layers


def _left(module: ModuleOp) -> Mapping[str, Left]:
    """What groups leave, by their names."""
    return {
        group.work.data: {
            name: kept_as(group)
            if value is group.last_result and keeps_result(group)
            else None
            for name, value in zip(group.names, group.results, strict=True)
        }
        for function in machine_functions(module)
        for group in groups_of(function)
    }


def _machine_layers(module: ModuleOp) -> list[tuple[str, UniformType, str]]:
    """The results of all groups: name, type, and the name of their reals."""
    return [
        (name, uniform(value), stands_for(value))
        for function in machine_functions(module)
        for group in groups_of(function)
        for name, value in zip(group.names, _yielded(group), strict=True)
    ]


def _yielded(group: tile.GroupOp) -> Sequence[SSAValue]:
    """What the operators of a group make that leaves it."""
    end = group.body.block.last_op
    assert isinstance(end, tile.YieldOp)
    return end.values
