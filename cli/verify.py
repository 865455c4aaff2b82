"""`aipu verify`: every layer of a package at every level."""

import sys
from pathlib import Path

import click

from .arguments import AS_JSON, INPUTS, PACKAGE, extensible


@click.command(
    epilog="""\b
Examples:
  aipu verify resnet50
  aipu verify resnet50 --input image=cat.npy --json
""",
)
@PACKAGE
@INPUTS
@AS_JSON
@extensible
def verify(package: Path, inputs: tuple[tuple[str, Path], ...], as_json: bool) -> None:
    """Compare every layer of a package at every level.

    The schedule, the program and the decoded binary must give the bytes of the
    quantised network. Cosine and SQNR say how far those are from the float network.
    Exit code 1 if a layer differs.
    """
    from ..runtime.array_files import read_arrays
    from ..runtime.building.package import Package
    from ..runtime.figures.figures import figures
    from ..runtime.report.ladder import ladder
    from ..runtime.report.terminal.console import note, show, show_json, working
    from ..runtime.report.terminal.ladder import ladder_figures, ladder_tables

    loaded = Package.load(package)
    with working(f"verifying {loaded.manifest.name}"):
        rows = loaded.verify(read_arrays(inputs) if inputs else None)
        found = ladder(rows, figures(loaded.report))
    if not inputs:
        note(f"no --input: verified on {loaded.own_inputs}")
    if as_json:
        show_json(ladder_figures(found))
    else:
        show(*ladder_tables(found))
    sys.exit(0 if found.exact else 1)
