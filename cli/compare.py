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
  aipu compare layerwise dp --html both.html
""",
)
@click.argument("packages", metavar="DIR...", type=FILE, nargs=-1, required=True)
@click.option(
    "--verify",
    "verified",
    is_flag=True,
    help="Verify every layer too, on the calibration samples of each, or noise.",
)
@click.option(
    "--html",
    "page",
    metavar="FILE.html",
    type=FILE,
    help="Write a page of two packages: figures, operators that differ, both graphs.",
)
@AS_JSON
@extensible
def compare(
    packages: tuple[Path, ...], verified: bool, page: Path | None, as_json: bool
) -> None:
    """Show packages side by side.

    Speed, utilisation, bytes, and how far each is from its bounds. Exit code 1 if they
    were to be verified and a layer differs.
    """
    if page is not None and len(set(packages)) != 2:
        raise click.UsageError(
            f"--html is for two packages, {len(set(packages))} were given"
        )

    from ..runtime.building.package import Package
    from ..runtime.files import write_file
    from ..runtime.report.caveats import caveats
    from ..runtime.report.findings import findings
    from ..runtime.report.html import compared_html
    from ..runtime.report.terminal.comparison import (
        comparison_figures,
        comparison_table,
    )
    from ..runtime.report.terminal.console import note, show, show_json, warn, working

    found = {}
    for folder in packages:
        with working(f"reading {folder}"):
            found[str(folder)] = findings(Package.load(folder), verified=verified)
    if page is not None:
        write_file(page, compared_html(list(found), list(found.values())))
        note(f"wrote {page}")
    for folder, each in found.items():
        warn(*(f"{folder}: {caveat}" for caveat in caveats(each.figures)))
    if as_json:
        show_json(comparison_figures(found))
    else:
        show(comparison_table(found))
    ladders = [each.ladder for each in found.values() if each.ladder is not None]
    sys.exit(0 if all(ladder.exact for ladder in ladders) else 1)
