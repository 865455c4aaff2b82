"""What a measured network takes on machines of other speeds.

A package is the program that was measured, and stays it. A network by its name, or a
model, is built again for every machine, `layerwise`: one operator after another, as a
compiler without knowledge of the whole has it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ...backend_aipu.machine import Machine
from ...backend_aipu.target_text import whole_text
from ...errors import AipuError
from ...passes.scheduling.strategies.goal import LATENCY
from ..building.driver import Build
from ..building.levels import AIPU, QUANTISED
from ..building.package import MANIFEST, Package
from ..simulator.demands import demands
from ..simulator.simulator import Simulator
from ..simulator.timing import schedule
from .networks import DRAWN, candidates


@dataclass(frozen=True)
class Timed:
    """A program whose time on machines of another bandwidth, latency or launch is
    simulated without its values.
    """

    simulator: Simulator

    def milliseconds(self, machine: Machine) -> float:
        """What one run takes the machine alone."""
        tokens = self.simulator.program.tokens
        cycles = 0
        for entry in self.simulator.entries.values():
            pairs = zip(entry.stream.issues, entry.operands, strict=True)
            needs = [demands(issue, views, machine) for issue, views in pairs]
            cycles += schedule(entry.sound, needs, tokens, machine).cycles
        return machine.seconds(cycles) * 1e3


ProgramFor = Callable[[Machine], Timed]
"""The program of a network on a machine."""


def programs_for(word: str, machine: Machine) -> ProgramFor:
    """How a measured network comes to its program.

    Args:
        word: the folder of a package, the name of a network, or the file of a model.
        machine: that it was measured on, but for its speed.

    Raises:
        AipuError: there is no such network, or it is not for this machine.
    """
    folder = Path(word)
    if (folder / MANIFEST).is_file():
        return _kept(folder, machine)
    (found,) = candidates([word], None, DRAWN)
    with TemporaryDirectory() as files:
        options = replace(found.options, target=_file(machine, files))
        quantised = Build(found.model(), options)
        quantised.reach(QUANTISED)

    def built(machine: Machine) -> Timed:
        with TemporaryDirectory() as files:
            build = quantised.again("layerwise", LATENCY, _file(machine, files))
            build.reach(AIPU)
        return Timed(build.package().simulator)

    return built


def _kept(folder: Path, machine: Machine) -> ProgramFor:
    package = Package.load(folder)
    if package.machine.name != machine.name:
        raise AipuError(
            f"the package is for '{package.machine.name}', not for '{machine.name}'",
            place=str(folder),
            remedy=f"aipu targets fit {package.machine.name} begins with its machine",
        )
    timed = Timed(package.simulator)
    return lambda machine: timed


def _file(machine: Machine, folder: str) -> str:
    path = Path(folder) / f"{machine.name}.toml"
    path.write_text(whole_text(machine))
    return str(path)
