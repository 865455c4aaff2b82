"""`aipubuild`: a cfg of the vendor's tool, carried out."""

from functools import partial
from pathlib import Path

import click

from ..errors import AipuError
from .arguments import FILE
from .failing import one_message

EVERY_SECTION = "*"


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="""\b
Examples:
  aipubuild kws.cfg
  aipubuild --keys GBuilder
""",
)
@click.argument("cfg", metavar="NET.cfg", type=FILE, required=False)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also say what each layer costs, and the `aipu-opt` line of each level.",
)
@click.option(
    "--keys",
    "section",
    metavar="[SECTION]",
    is_flag=False,
    flag_value=EVERY_SECTION,
    help="List the keys of a cfg: what they mean, what they may be, what happens here.",
)
@click.version_option(package_name="aipu-compiler", message="%(prog)s %(version)s")
@click.pass_context
def main(
    context: click.Context, cfg: Path | None, verbose: bool, section: str | None
) -> None:
    """Build what an AIPUBuilder cfg says, and run it if it says so."""
    with one_message("aipubuild"):
        try:
            if section is not None:
                show_keys(section)
            elif cfg is None:
                context.fail(
                    "expected NET.cfg, the build file; --keys lists what is in one"
                )
            else:
                carry_out(cfg, verbose)
        except AipuError:
            context.exit(1)


def carry_out(cfg: Path, verbose: bool) -> None:
    from ..runtime.aipubuild.build import aipubuild
    from ..runtime.aipubuild.log import Log

    aipubuild(cfg, Log(click.echo, verbose, partial(click.echo, err=True)))


def show_keys(section: str) -> None:
    from ..runtime.aipubuild.keys.sections import keys_of
    from ..runtime.aipubuild.keys.table import key_table
    from ..runtime.report.terminal.console import show

    names = () if section == EVERY_SECTION else (section,)
    try:
        found = keys_of(*names)
    except AipuError as error:
        click.echo(f"[E] {error}", err=True)
        raise
    show(*(key_table(name, keys) for name, keys in found.items()))
