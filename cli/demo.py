"""`aipu demo`: a network that is at hand, built and run, for a first impression."""

from pathlib import Path

import click

from .arguments import FILE


@click.command(
    epilog="""\b
Examples:
  aipu demo
  aipu demo ds_cnn_s -o keywords
""",
)
@click.argument("name", metavar="NAME", default="resnet50")
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=FILE,
    help="The package; default: NAME. One that is there is taken as it is.",
)
def demo(name: str, folder: Path | None) -> None:
    """Build a network that is at hand, run it, and show what that takes.

    NAME is a network of `aipu bench`: resnet50, which the R329 was calibrated with, if
    none is said. Weights and input are drawn, so that the outputs mean nothing.
    """
    from ..errors import AipuError, nearest
    from ..examples.networks import NETWORKS
    from ..runtime.building.driver import Options, build
    from ..runtime.building.package import Package
    from ..runtime.figures.figures import figures
    from ..runtime.report.findings import findings
    from ..runtime.report.terminal.console import note, show, working
    from ..runtime.report.terminal.outputs import output_tables
    from ..runtime.report.terminal.report import report_tables

    if name not in NETWORKS:
        raise AipuError(f"no network '{name}'", remedy=nearest(name, NETWORKS))
    folder = folder or Path(name)
    if not folder.exists():
        with working(f"building {name}"):
            build(NETWORKS[name](0), Options()).save(folder)
    package = Package.load(folder)
    with working(f"running {name}"):
        result = package.run(package.noise())
    show(*report_tables(findings(package)))
    show(*output_tables(result.outputs, figures(package.report)))
    note(
        f"the package is {folder}: aipu report {folder} --html page.html, "
        f"aipu verify {folder}, aipu disasm {folder}/aipu.bin"
    )
