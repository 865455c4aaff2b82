"""`aipu verify`: every layer of a package at every level."""

import sys
from pathlib import Path

import click

from .arguments import AS_JSON, HOST_ENGINE, INPUTS, PACKAGE, extensible


@click.command(
    epilog="""\b
Examples:
  aipu verify resnet50
  aipu verify resnet50 --input image=cat.npy --json
  aipu verify ssd --host-engine onnxruntime
""",
)
@PACKAGE
@INPUTS
@HOST_ENGINE
@AS_JSON
@extensible
def verify(
    package: Path,
    inputs: tuple[tuple[str, Path], ...],
    host_engine: str,
    as_json: bool,
) -> None:
    """Compare every layer of a package at every level.

    The schedule, the program and the decoded binary must give the bytes of the
    quantised network. Cosine and SQNR say how far those are from the float network.
    Another engine than numpy must make the same of the host's segments, to rounding.
    Exit code 1 if a layer differs, or a segment.
    """
    from ..dialects.semantics.engines import NUMPY
    from ..runtime.array_files import read_arrays
    from ..runtime.building.package import Package
    from ..runtime.figures.figures import figures
    from ..runtime.report.ladder import ladder
    from ..runtime.report.terminal.console import note, show, show_json, working
    from ..runtime.report.terminal.ladder import (
        engine_tables,
        ladder_figures,
        ladder_tables,
    )

    loaded = Package.load(package)
    with working(f"verifying {loaded.manifest.name}"):
        arrays = read_arrays(inputs) if inputs else None
        found = ladder(loaded.verify(arrays), figures(loaded.report))
        by_engine = loaded.verify_host(host_engine, arrays)
    if not inputs:
        note(f"no --input: verified on {loaded.own_inputs}")
    if as_json:
        show_json(ladder_figures(found, by_engine))
    else:
        show(*ladder_tables(found))
        if host_engine != NUMPY:
            show(*engine_tables(host_engine, by_engine))
    sys.exit(0 if found.exact and all(each.holds for each in by_engine) else 1)
