"""`aipugb`: Zhouyi IR to a binary."""

from pathlib import Path

import click

from .arguments import FILE
from .failing import one_message


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="""\b
Examples:
  aipugb kws.txt -w kws.bin -o aipu.bin
""",
)
@click.argument("graph", metavar="NET.txt", type=FILE)
@click.option(
    "-w", "--weight", "weights", metavar="NET.bin", type=FILE, help="Its weights."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=FILE,
    default=Path("aipu.bin"),
    show_default=True,
    help="The binary.",
)
@click.option(
    "--target",
    metavar="NAME",
    default="r329",
    show_default=True,
    help="The machine, as `aipu targets` lists them.",
)
def main(graph: Path, weights: Path | None, output: Path, target: str) -> None:
    """Build a binary of quantised Zhouyi IR: the third stage of `aipubuild`."""
    from ..runtime.building.driver import Options, build
    from ..runtime.files import write_file

    with one_message("aipugb"):
        package = build(graph, Options(target=target, weights=weights))
        write_file(output, package.binary)
        click.echo(f"wrote {output}")
