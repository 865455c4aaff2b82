"""`aipuparse`: the first stage of `aipubuild` by itself."""

from functools import partial
from pathlib import Path

import click

from .arguments import FILE
from .failing import one_message


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="""\b
Examples:
  aipuparse kws.cfg
""",
)
@click.argument("cfg", metavar="NET.cfg", type=FILE)
def main(cfg: Path) -> None:
    """Read the model of a cfg and write it as float Zhouyi IR: the first stage."""
    from ..runtime.aipubuild.log import Log
    from ..runtime.aipubuild.stages import ir_stage

    with one_message("aipuparse"):
        log = Log(click.echo, False, partial(click.echo, err=True))
        ir_stage(cfg, log, quantised=False)
