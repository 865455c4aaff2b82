"""What the vendor's tool never told: cycles, frames a second, and where values part."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..building.levels import FILES, QUANTISED
from ..building.package import Package
from ..building.recipe import level_lines
from ..building.verify import Row
from ..figures.figures import figures
from ..report.speed import (
    ESTIMATES,
    frames_a_second,
    milliseconds,
    parts,
    simulated_or_not,
    speed,
)
from .log import Log


def show_findings(
    package: Package, whole: Path, files: Sequence[Path], log: Log
) -> None:
    """Print what the simulator says of the time, and the ladder of the values.

    Args:
        package: what was built.
        whole: the folder of the package.
        files: that were written beside it.
        log: what takes the lines.
    """
    profile = package.profile
    for line in time(package):
        log.info(line)
    for layer in profile.layers:
        log.detail(
            f"layer {layer.name}: {layer.cycles} cycles, {layer.macs} MACs, "
            f"{layer.dram_bytes} DRAM bytes, bound by {layer.bound_by}"
        )
    rows = [row for row in package.verify() if row.level == "binary"]
    equal = sum(row.equal for row in rows)
    log.info(f"{equal} of {len(rows)} layers bit-exact in the simulator")
    log.info(f"cosine of each layer to the float network, on {package.own_inputs}:")
    for line in similarity(rows):
        log.info(line)
    pipelines = {
        level: package.manifest.pipelines[file] for level, file in FILES.items()
    }
    for line in level_lines(pipelines, whole, QUANTISED):
        log.detail(line)
    for path in (*files, whole):
        log.info(f"wrote {path}")


def time(package: Package) -> Iterator[str]:
    """How fast it is: the machine by cycles, then a frame with all that it takes."""
    found, megahertz = figures(package.report), package.machine.clock_hz // 10**6
    alone = "machine only" if found.machine_only else "machine alone"
    yield (
        f"{found.cycles} cycles at {megahertz} MHz: {milliseconds(found.machine_ms)}, "
        f"{frames_a_second(found.machine_fps)}, {alone}"
    )
    if not found.machine_only:
        latency = milliseconds(found.latency_ms)
        yield f"whole: {latency}, {speed(found)}: {parts(found)}; {ESTIMATES}"
    for each in found.segments:
        yield (
            f"on the {each.place}, operators: {each.operators}, "
            f"{milliseconds(each.ms)}, {simulated_or_not(each)}"
        )


def similarity(rows: Sequence[Row]) -> Iterator[str]:
    """The cosine of each layer to the float network."""
    for row in rows:
        if row.cosine is not None:
            remark = f" {row.remark}" if row.remark else ""
            yield f"layer {row.name}: cosine {row.cosine:.5f}{remark}"
