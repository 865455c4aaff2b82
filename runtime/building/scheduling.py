"""Deciding what runs when, and no more: the schedules of a network as a file."""

from dataclasses import replace
from pathlib import Path

from ...errors import AipuError
from ...passes.authoring.segments import machine_functions
from ...passes.scheduling.schedules.schedule_file import ScheduleFile, schedule_file
from .driver import Build, Options
from .levels import TILE
from .package import MANIFEST, Package

DRAWN = 0
"""The seed of weights that nobody has: schedules rest on shapes."""


def schedules_of(model: Path, options: Options) -> tuple[ScheduleFile, tuple[str, ...]]:
    """The schedules of a model, a text or a package; and warnings of the model.

    Weights that are not there are drawn at random.

    Raises:
        AipuError: as of a build; of the first attempt, if random weights do not help.
    """
    if (model / MANIFEST).is_file():
        package = Package.load(model)
        functions = machine_functions(package.levels[TILE])
        name, machine = package.manifest.name, package.machine
        return schedule_file(name, functions, machine), ()
    steps = begun(model, options)
    steps.reach(TILE)
    functions = machine_functions(steps.modules[TILE])
    found = schedule_file(steps.imported.name, functions, steps.machine)
    return found, steps.imported.warnings


def begun(model: Path, options: Options) -> Build:
    """A model on its way; weights that are not there are drawn at random.

    Raises:
        AipuError: as of a build; of the first attempt, if random weights do not help.
    """
    try:
        return Build(model, options)
    except AipuError:
        if options.random_weights is not None:
            raise
        try:
            return Build(model, replace(options, random_weights=DRAWN))
        except AipuError:
            pass
        raise
