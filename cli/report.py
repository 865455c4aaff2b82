"""`aipu report`: where the time, the bytes and the energy of a package go."""

import sys
from pathlib import Path

import click

from .arguments import AS_JSON, FILE, PACKAGE, extensible


@click.command(
    epilog="""\b
Examples:
  aipu report resnet50 --all
  aipu report resnet50 --verify --html resnet50.html
  aipu report resnet50 --trace resnet50.json    # for https://ui.perfetto.dev
""",
)
@PACKAGE
@click.option(
    "--all",
    "all_layers",
    is_flag=True,
    help="Show every launch, the groups in it and their operators, in order.",
)
@click.option(
    "--verify",
    "verified",
    is_flag=True,
    help="Verify every layer too, on the calibration samples of the package, or noise.",
)
@click.option(
    "--html",
    "page",
    metavar="FILE.html",
    type=FILE,
    help="Write a page with charts; it needs nothing beside it.",
)
@click.option(
    "--layer",
    metavar="NAME",
    help="The layer whose engines the page shows; default: the slowest.",
)
@click.option(
    "--trace",
    "trace_file",
    metavar="FILE.json",
    type=FILE,
    help="Write when the host and every instruction run, for Perfetto or chrome://tracing.",
)
@AS_JSON
@extensible
def report(
    package: Path,
    all_layers: bool,
    verified: bool,
    page: Path | None,
    layer: str | None,
    trace_file: Path | None,
    as_json: bool,
) -> None:
    """Show where the time, the bytes and the energy of a package go.

    Exit code 1 if it was to be verified and a layer differs.
    """
    if layer is not None and page is None:
        raise click.UsageError("--layer is for the page: give --html as well")

    from ..runtime.building.package import Package
    from ..runtime.files import write_file
    from ..runtime.report.caveats import caveats
    from ..runtime.report.findings import findings
    from ..runtime.report.html import html
    from ..runtime.report.terminal.console import note, show, show_json, warn, working
    from ..runtime.report.terminal.report import report_tables
    from ..runtime.report.trace import trace

    loaded = Package.load(package)
    with working(f"reading {loaded.manifest.name}"):
        found = findings(loaded, verified=verified)
        if page is not None:
            write_file(page, html(found, layer))
        if trace_file is not None:
            write_file(trace_file, trace(found))
    warn(*caveats(found.figures))
    if verified:
        note(f"verified on {loaded.own_inputs}")
    note(*(f"wrote {path}" for path in (page, trace_file) if path is not None))
    if as_json:
        show_json(loaded.report)
    else:
        show(*report_tables(found, all_layers=all_layers))
    sys.exit(0 if found.ladder is None or found.ladder.exact else 1)
