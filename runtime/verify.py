"""The ladder: every layer of the machine at every level, compared bit for bit.

The quantised network is the reference of what the machine computes. The groups of the
`tile` level, the program of the `aipu` level and the decoded binary must all give the
same bytes. How far integers are from the float network is shown beside it, in numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from ..backend_aipu.codegen import to_program
from ..backend_aipu.machine import Machine
from ..dialects import nn
from ..dialects.aipu import ProgramOp
from ..dialects.locations import source_name
from ..dialects.quant import UniformType, quantisation, uniform
from ..dialects.semantics.evaluate import evaluate
from ..dialects.semantics.uniform import to_reals
from ..errors import AipuError
from ..passes.functions import main_function
from ..passes.group_graph import groups_of
from ..passes.segments import machine_functions
from .levels import AIPU, FLOAT, QUANTISED, TILE, Levels
from .session import run_network
from .simulator.simulator import Simulator

Layers = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Row:
    """One layer at one level.

    equal: the same bytes as in the quantised network.
    cosine, sqnr_db: against the float network; None where it has no such layer.
    """

    name: str
    level: str
    equal: bool
    cosine: float | None
    sqnr_db: float | None


def verify(
    levels: Levels,
    weights: Mapping[str, np.ndarray],
    simulator: Simulator,
    inputs: Sequence[np.ndarray],
) -> list[Row]:
    """The rows of all layers that the machine runs, level by level.

    Args:
        levels: the network at every level.
        weights: of all levels.
        simulator: with the decoded binary.
        inputs: of the network.
    """
    module = levels[QUANTISED]
    lowered = _lowered(levels[AIPU], weights, simulator.machine)
    found = {
        "tile": _evaluated(levels[TILE], inputs, weights),
        "aipu": _simulated(module, inputs, weights, lowered),
        "binary": _simulated(module, inputs, weights, simulator),
    }
    expected = _evaluated(module, inputs, weights)
    floats = _reals(levels[FLOAT], inputs, weights)
    return [
        _row(name, level, element, expected[name], layers.get(name), floats.get(name))
        for level, layers in found.items()
        for name, element in _machine_layers(levels[TILE]).items()
    ]


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
    module: ModuleOp, inputs: Sequence[np.ndarray], weights: Mapping[str, np.ndarray]
) -> Layers:
    layers: dict[str, np.ndarray] = {}

    def keep(op: Operation, result: np.ndarray) -> None:
        layers[source_name(op)] = result

    evaluate(main_function(module), inputs, weights, observe=keep)
    return layers


def _reals(
    module: ModuleOp, inputs: Sequence[np.ndarray], weights: Mapping[str, np.ndarray]
) -> Layers:
    """The layers of a float network; those that the model itself rounds, rounded."""
    layers: dict[str, np.ndarray] = {}

    def keep(op: Operation, result: np.ndarray) -> None:
        if isinstance(op, nn.QuantiseOp):
            if isinstance(op.ifm.owner, Operation):
                layers[source_name(op.ifm.owner)] = to_reals(result, uniform(op.ofm))
            return
        element = quantisation(op.results[0])
        layers[source_name(op)] = to_reals(result, element) if element else result

    evaluate(main_function(module), inputs, weights, observe=keep)
    return layers


def _simulated(
    module: ModuleOp,
    inputs: Sequence[np.ndarray],
    weights: Mapping[str, np.ndarray],
    simulator: Simulator,
) -> Layers:
    layers: dict[str, np.ndarray] = {}
    run_network(module, inputs, weights, simulator, layers.__setitem__)
    return layers


def _machine_layers(module: ModuleOp) -> dict[str, UniformType]:
    """The results of all groups, and how they stand for reals."""
    layers: dict[str, UniformType] = {}
    for function in machine_functions(module):
        for group in groups_of(function):
            element = quantisation(group.results[0])
            assert element is not None
            layers[group.work.data] = element
    return layers


def _row(
    name: str,
    level: str,
    element: UniformType,
    expected: np.ndarray,
    found: np.ndarray | None,
    real: np.ndarray | None,
) -> Row:
    if found is None:
        return Row(name, level, False, None, None)
    equal = expected.tobytes() == found.tobytes()
    if real is None or real.size != found.size:
        return Row(name, level, equal, None, None)
    integers = found.reshape(real.shape).astype(np.float64)
    values = element.scale * (integers - element.zero_point)
    return Row(name, level, equal, cosine(real, values), sqnr_db(real, values))


def cosine(reference: np.ndarray, values: np.ndarray) -> float:
    """The cosine of the angle between two tensors; 1 if both are zero."""
    a, b = reference.ravel().astype(np.float64), values.ravel()
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    if not norms:
        return float(not a.any() and not b.any())
    return float(a @ b) / norms


def sqnr_db(reference: np.ndarray, values: np.ndarray) -> float:
    """Signal power over the power of the difference, in decibels."""
    noise = float(np.square(reference.astype(np.float64) - values).sum())
    signal = float(np.square(reference.astype(np.float64)).sum())
    if not noise:
        return float("inf")
    return 10 * float(np.log10(signal / noise)) if signal else float("-inf")
