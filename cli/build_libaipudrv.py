"""`aipu build-libaipudrv`: the driver's library and header, for programs in C."""

from pathlib import Path

import click

FILE = click.Path(path_type=Path)


@click.command(
    "build-libaipudrv",
    epilog="""\b
Examples:
  aipu build-libaipudrv -o driver
  g++ app.cpp -Idriver -Ldriver -laipudrv -Wl,-rpath,$PWD/driver -o app
""",
)
@click.option(
    "-o",
    "folder",
    metavar="DIR",
    type=FILE,
    required=True,
    help="Write libaipudrv.so and standard_api.h here.",
)
def build_libaipudrv(folder: Path) -> None:
    """Build the driver's library, for programs in C and C++.

    It runs on the simulator what they would run on a board. Needs the extra `c` and a C
    compiler.
    """
    from ..runtime.device.c.library import build_library

    for path in build_library(folder):
        click.echo(f"wrote {path}")
