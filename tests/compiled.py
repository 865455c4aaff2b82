"""Small networks, compiled for small machines."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from xdsl.dialects.builtin import ModuleOp

from aipu.backend_aipu.codegen import to_program
from aipu.backend_aipu.machine import Machine, load_machine
from aipu.backend_aipu.program import Program
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.runtime.building.verify import program_of
from aipu.tests.machines import target_file, tiny_machine
from aipu.tests.quantised_networks import Network

TINY = tiny_machine(sram={"bytes": 6144})
ODD = tiny_machine(
    array={"rows": 3, "columns": 5, "dataflows": ["is"], "accumulator_bytes": 1024},
    sram={"bytes": 8192, "alignment": 64},
    vector={"lanes": 7},
)
NARROW = tiny_machine(sram={"bytes": 1024, "alignment": 4})
"""Tiles are cut along all dimensions: not even a row fits."""
R329 = load_machine("r329")


@dataclass(frozen=True)
class Compiled:
    """A network as groups with schedules, and as a program."""

    tile: ModuleOp
    program: Program
    weights: WeightStore
    machine: Machine


def compiled(
    network: Network, machine: Machine, strategy: str = "layerwise"
) -> Compiled:
    """A network for a machine, by a strategy."""
    context = AipuContext(WeightStore(dict(network.weights)))
    module = network.module.clone()
    target = f'target="{_file(machine)}"'
    run(f"schedule{{{target} strategy={strategy}}}", module, context)
    tile = module.clone()
    run(f"lower{{{target}}}", module, context)
    return Compiled(tile, to_program(program_of(module)), context.weights, machine)


def run(pipeline: str, module: ModuleOp, context: AipuContext) -> None:
    run_pipeline(build_pipeline(pipeline, PASSES), module, context)


@cache
def _file(machine: Machine) -> Path:
    return target_file(machine, Path(mkdtemp(prefix="aipu-")))
