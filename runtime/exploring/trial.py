"""What a process does of a sweep: one network on one machine, in several ways."""

from pathlib import Path
from tempfile import TemporaryDirectory

from ...backend_aipu.target_text import whole_text
from ...errors import AipuError
from ...extend.loading import loaded
from ..building.driver import Build, Options
from ..building.levels import AIPU, QUANTISED
from ..building.scheduling import begun
from ..figures.figures import figures
from .sweep import Point, Task, Way, row


def tried(task: Task) -> list[Point]:
    """The rows of a task. What cannot be built is a row that says why."""
    with TemporaryDirectory() as folder, loaded(map(Path, task.loads)):
        target = Path(folder) / f"{task.machine.name}.toml"
        target.write_text(whole_text(task.machine))
        options = Options(
            target=str(target), batch=task.batch, random_weights=task.random_weights
        )
        try:
            build = begun(Path(task.model), options)
            build.reach(QUANTISED)
        except AipuError as error:
            return [_failed(task, way, error, target) for way in task.ways]
        return [_point(build, task, way) for way in task.ways]


def _point(build: Build, task: Task, way: Way) -> Point:
    try:
        steps = build.again(way.found, way.goal)
        steps.reach(AIPU)
        found = figures(steps.package().report)
    except AipuError as error:
        return _failed(task, way, error)
    bound = found.bounds.latency_ms_sram
    return row(
        task,
        way,
        batch=found.batch,
        cycles=found.cycles,
        machine_ms=found.machine_ms,
        machine_fps=found.machine_fps,
        dram_bytes=found.dram_bytes,
        sram_bytes=found.sram_peak_bytes,
        energy_uj=found.energy_uj,
        bound_ms=bound,
        gap=found.machine_ms / bound if bound else None,
    )


def _failed(
    task: Task, way: Way, error: AipuError, target: Path | None = None
) -> Point:
    """What went wrong in a line; where its file of the target lies says nothing."""
    place = "" if error.place == str(target) else error.place
    head = f"{place}: {error.message}" if place else error.message
    return row(task, way, error=" ".join(head.split()))
