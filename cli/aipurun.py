"""`aipurun`: a binary on raw files, and its outputs as raw files."""

from pathlib import Path

import click

from .arguments import FILE
from .failing import one_message
from .zhouyi_demo import Files


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="""\b
Examples:
  aipurun aipu.bin -i input.bin -o output.bin
""",
)
@click.argument("binary", metavar="BIN", type=FILE)
@click.option(
    "-i",
    "--inputs",
    type=Files(),
    required=True,
    help="The inputs' raw files, in their order.",
)
@click.option(
    "-o",
    "--outputs",
    type=Files(),
    required=True,
    help="Where the outputs go, in their order.",
)
def main(binary: Path, inputs: tuple[Path, ...], outputs: tuple[Path, ...]) -> None:
    """Run a binary on the simulator: the last stage of `aipubuild`."""
    from ..runtime.device.running import run_files

    with one_message("aipurun"):
        for line in run_files(binary, inputs, outputs):
            click.echo(line)
