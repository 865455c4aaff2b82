"""Schedules with something wrong: refused in one message, or found to race, or right.

None may compute other bits.
"""

from collections.abc import Callable, Mapping

import numpy as np

from aipu.backend_aipu.codegen import to_program
from aipu.backend_aipu.machine import load_machine
from aipu.dialects.semantics.weights import WeightStore
from aipu.dialects.tile import Schedule, StripedSchedule, Weights
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import input_name, main_function
from aipu.passes.authoring.segments import machine_functions
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.scheduling.assign_schedules import assign
from aipu.passes.scheduling.network.links import group_graph
from aipu.runtime.building.levels import QUANTISED
from aipu.runtime.building.package import Package
from aipu.runtime.building.session import run_network
from aipu.runtime.building.verify import program_of
from aipu.runtime.optimising.numerics import execute
from aipu.runtime.simulator.simulator import Simulator
from aipu.tests.fuzz.random_schedules import RandomSchedules
from aipu.tests.fuzz.verdict import FaultError, Outcome, Verdict

Random = np.random.Generator
Schedules = dict[str | tuple[str, ...], Schedule]
Break = Callable[[Random, Schedules], Schedules]


def skipped(random: Random, schedules: Schedules) -> Schedules:
    """A group has none."""
    left_out = _any(random, schedules)
    return {key: each for key, each in schedules.items() if key != left_out}


def repeated(random: Random, schedules: Schedules) -> Schedules:
    """A group has two."""
    key = _any(random, schedules)
    twice = (key,) if isinstance(key, str) else (*key, key[0])
    return {**schedules, (*twice, *twice[:1]): schedules[key]}


def reordered(random: Random, schedules: Schedules) -> Schedules:
    """Groups run together in another order."""
    names = [name for key in schedules for name in _names(key)]
    several = tuple(random.permutation(names).tolist())
    return {several: schedules[_any(random, schedules)]}


def joined_apart(random: Random, schedules: Schedules) -> Schedules:
    """Groups run together that are no neighbours, or cannot be one."""
    keys = list(schedules)
    first, last = (keys[int(random.integers(len(keys)))] for _ in "ab")
    rest = {key: schedules[key] for key in keys if key not in (first, last)}
    names = tuple(dict.fromkeys((*_names(first), *_names(last))))
    weights = tuple(Weights() for _ in names)
    return {**rest, names: StripedSchedule(1, weights, "ws")}


def without_room(random: Random, schedules: Schedules) -> Schedules:
    """Everything whole and kept on chip, whoever reads it."""
    return {
        key: each._replace(rows=1 << 20, kept=True, ahead=True)
        if isinstance(each, StripedSchedule)
        else each
        for key, each in schedules.items()
    }


def kept_for_nobody(random: Random, schedules: Schedules) -> Schedules:
    """A result stays on chip that nothing reads there."""
    *others, last = schedules
    weights = tuple(Weights() for _ in _names(last))
    kept = StripedSchedule(1, weights, "ws", kept=True)
    return {**{key: schedules[key] for key in others}, tuple(_names(last)): kept}


def held_at_random(random: Random, schedules: Schedules) -> Schedules:
    """Weights are held here and not there, or where there are none."""
    return _with_weights(
        schedules,
        lambda each: each._replace(held=bool(random.integers(2))),
    )


def of_wrong_sizes(random: Random, schedules: Schedules) -> Schedules:
    """Rings of any slots, channels and depth."""
    return _with_weights(
        schedules,
        lambda each: Weights(*random.integers(-1, 40, 3).tolist()),
    )


def of_another_number(random: Random, schedules: Schedules) -> Schedules:
    """What is said of weights is of more operators, or of fewer."""
    return {
        key: each._replace(weights=(*each.weights[1:], *each.weights, Weights())[:-1])
        if isinstance(each, StripedSchedule)
        else each._replace(rows=0)
        for key, each in schedules.items()
    }


def of_no_rows(random: Random, schedules: Schedules) -> Schedules:
    """Tiles and stripes of nothing."""
    rows = int(random.integers(-3, 1))
    return {key: each._replace(rows=rows) for key, each in schedules.items()}


BREAKS: tuple[Break, ...] = (
    skipped,
    repeated,
    reordered,
    joined_apart,
    without_room,
    kept_for_nobody,
    held_at_random,
    of_wrong_sizes,
    of_another_number,
    of_no_rows,
)

ALWAYS_REFUSED: tuple[Break, ...] = (skipped, repeated, kept_for_nobody, of_no_rows)
"""What nothing can be right about."""


def broken(
    package: Package, inputs: Mapping[str, np.ndarray], random: Random, way: Break
) -> Verdict:
    """What becomes of schedules of a package that are drawn, and then broken.

    Raises:
        FaultError: they are taken, and compute something else.
    """
    module = package.levels[QUANTISED].clone()
    machine = load_machine(package.machine.name)
    values = [inputs[input_name(each)] for each in main_function(module).args]
    context = AipuContext(WeightStore(dict(package.weights.items())))
    expected = execute(module, values, context.weights)
    run_pipeline(build_pipeline("group-operators", PASSES), module, context)
    try:
        for function in machine_functions(module):
            graph = group_graph(function)
            drawn = RandomSchedules(graph, machine, random).draw()
            assign(function, way(random, drawn), machine)
        lower = build_pipeline(f"lower{{target={machine.name}}}", PASSES)
        run_pipeline(lower, module, context)
        simulator = Simulator(to_program(program_of(module)), context.weights, machine)
        found = run_network(module, values, context.weights, simulator)
    except AipuError as error:
        return Verdict(Outcome.REFUSED, way.__name__, str(error))
    for number, (one, two) in enumerate(zip(found, expected, strict=True)):
        if one.tobytes() != two.tobytes():
            raise FaultError("other values", f"{way.__name__}: output {number}")
    return Verdict(Outcome.SOUND, way.__name__)


def _any(random: Random, schedules: Schedules) -> str | tuple[str, ...]:
    return list(schedules)[int(random.integers(len(schedules)))]


def _names(key: str | tuple[str, ...]) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else key


def _with_weights(
    schedules: Schedules, change: Callable[[Weights], Weights]
) -> Schedules:
    return {
        key: each._replace(weights=tuple(map(change, each.weights)))
        if isinstance(each, StripedSchedule)
        else each
        for key, each in schedules.items()
    }
