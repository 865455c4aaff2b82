"""`zhouyi-demo`: a binary on raw files, as the board's own demo runs it."""

from pathlib import Path

import click

from .arguments import FILE
from .failing import one_message

FAILED = 255
"""What the original ends with where an output is another one than it should be."""


class Files(click.ParamType):
    """Names of files, separated by commas."""

    name = "FILE[,FILE...]"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Path, ...]:
        return tuple(map(Path, value.split(",")))


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="""\b
Examples:
  zhouyi-demo -b aipu.bin -i input.bin -c output_ref.bin -t
  zhouyi-demo -b package -i left.bin,right.bin -d results -f 3
""",
)
@click.option(
    "-b",
    "--bin",
    "binary",
    metavar="BIN",
    type=FILE,
    required=True,
    help="A binary, or the folder of a package where the host computes in between.",
)
@click.option(
    "-i",
    "--idata",
    "inputs",
    type=Files(),
    required=True,
    help="The inputs' raw files, in their order.",
)
@click.option("-c", "--check", type=FILE, help="The output as it should be.")
@click.option("-d", "--dump-dir", "folder", type=FILE, help="Write outputs here.")
@click.option(
    "-f",
    "--frame-cnt",
    "frames",
    metavar="N",
    type=click.IntRange(1),
    default=1,
    help="Run so many frames, all of the same input.",
)
@click.option("-t", "--time", "timed", is_flag=True, help="Say what a frame takes.")
@click.pass_context
def main(
    context: click.Context,
    binary: Path,
    inputs: tuple[Path, ...],
    check: Path | None,
    folder: Path | None,
    frames: int,
    timed: bool,
) -> None:
    """Run a binary on raw files, as an application of the board does.

    Times are those of the machine, which is simulated.
    """
    from ..runtime.device.demo import Demo

    with one_message("zhouyi-demo"):
        demo = Demo(binary, inputs, check, folder, frames, timed)
        if not demo.run(click.echo):
            context.exit(FAILED)
