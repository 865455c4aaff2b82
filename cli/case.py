"""`aipu case`: a network with its input and expected output, run as on the board."""

from pathlib import Path

import click

from .arguments import FILE
from .zhouyi_demo import FAILED


@click.command(
    epilog="""\b
Examples:
  aipu case resnet_50
  aipu case ds_cnn_s --dump-dir results
""",
)
@click.argument("name", metavar="NAME")
@click.option(
    "-d", "--dump-dir", "dumps", metavar="DIR", type=FILE, help="Write the output here."
)
@click.option(
    "--cases",
    "folder",
    metavar="DIR",
    type=FILE,
    default=Path("cases"),
    show_default=True,
    help="Where the cases lie; one that is not there is built and kept.",
)
@click.pass_context
def case(context: click.Context, name: str, dumps: Path | None, folder: Path) -> None:
    """Run a network through the driver, and check its output.

    The expected output is what the operators mean, computed without the machine.
    """
    from dataclasses import replace

    from ..runtime.device.cases import case as case_of
    from ..runtime.report.terminal.console import working

    with working(f"preparing {name}"):
        demo = case_of(name, folder)
    if not replace(demo, dump_folder=dumps, timed=True).run(click.echo):
        context.exit(FAILED)
