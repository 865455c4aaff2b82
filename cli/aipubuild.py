"""`aipubuild`: a cfg of the vendor's tool, carried out."""

from pathlib import Path

import click

from ..errors import AipuError


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="""\b
Example:
  aipubuild kws.cfg
""",
)
@click.argument("cfg", metavar="NET.cfg", type=click.Path(path_type=Path))
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also say what each layer costs, and the `aipu-opt` line of each level.",
)
@click.pass_context
def main(context: click.Context, cfg: Path, verbose: bool) -> None:
    """Build what an AIPUBuilder cfg says, and run it if it says so."""
    from ..runtime.aipubuild.build import aipubuild
    from ..runtime.aipubuild.log import Log

    log = Log(click.echo, verbose)
    try:
        aipubuild(cfg, log)
    except AipuError as error:
        click.echo(f"[E] {error}", err=True)
        log.write(f"[I] Total errors: 1, warnings: {log.warnings}")
        context.exit(1)
