"""`aipu compare`: packages side by side."""

import sys
from pathlib import Path

import click

from .arguments import AS_JSON, FILE, extensible


@click.command(
    epilog="""\b
Examples:
  aipu compare resnet50 mobilenet
  aipu compare resnet50_r329 resnet50_tpu --verify
""",
)
@click.argument("packages", metavar="DIR...", type=FILE, nargs=-1, required=True)
@click.option(
    "--verify",
    "verified",
    is_flag=True,
    help="Verify every layer too, on the calibration samples of each, or noise.",
)
@AS_JSON
@extensible
def compare(packages: tuple[Path, ...], verified: bool, as_json: bool) -> None:
    """Show packages side by side.

    Speed, utilisation, bytes, and how far each is from its bounds. Exit code 1 if they
    were to be verified and a layer differs.
    """
    from ..runtime.building.package import Package
    from ..runtime.report.caveats import caveats
    from ..runtime.report.findings import findings
    from ..runtime.report.terminal.comparison import (
        comparison_figures,
        comparison_table,
    )
    from ..runtime.report.terminal.console import show, show_json, warn, working

    found = {}
    for folder in packages:
        with working(f"reading {folder}"):
            found[str(folder)] = findings(Package.load(folder), verified=verified)
    for folder, each in found.items():
        warn(*(f"{folder}: {caveat}" for caveat in caveats(each.figures)))
    if as_json:
        show_json(comparison_figures(found))
    else:
        show(comparison_table(found))
    ladders = [each.ladder for each in found.values() if each.ladder is not None]
    sys.exit(0 if all(ladder.exact for ladder in ladders) else 1)
