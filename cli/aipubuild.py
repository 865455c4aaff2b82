"""`aipubuild`: a cfg of the vendor's tool, carried out."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click

from ..errors import AipuError
from .arguments import FILE, LOAD
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
    help="Also say what each layer costs, and the `aipu-opt` line of each level. "
    "Without NET.cfg: the version.",
)
@click.option(
    "--keys",
    "section",
    metavar="[SECTION]",
    is_flag=False,
    flag_value=EVERY_SECTION,
    help="List the keys of a cfg: what they mean, what they may be, what happens here.",
)
@LOAD
@click.version_option(package_name="aipu-compiler", message="%(prog)s %(version)s")
@click.pass_context
def main(
    context: click.Context,
    cfg: Path | None,
    verbose: bool,
    section: str | None,
    load: tuple[Path, ...],
) -> None:
    """Build what an AIPUBuilder cfg says, and run it if it says so."""
    with one_message("aipubuild"):
        try:
            if section is not None:
                show_keys(section)
            elif cfg is None and verbose:
                click.echo(f"aipubuild {version('aipu-compiler')}")
            elif cfg is None:
                context.fail(
                    "expected NET.cfg, the build file; --keys lists what is in one"
                )
            else:
                carry_out(cfg, verbose, load)
        except AipuError:
            context.exit(1)


def carry_out(cfg: Path, verbose: bool, load: tuple[Path, ...]) -> None:
    from ..extend.loading import loaded
    from ..runtime.aipubuild.build import aipubuild
    from ..runtime.aipubuild.log import Log

    log = Log(click.echo, verbose, partial(click.echo, err=True))
    with ExitStack() as extensions:
        with said():
            extensions.enter_context(loaded(load))
        aipubuild(cfg, log)


def show_keys(section: str) -> None:
    from ..runtime.aipubuild.keys.sections import keys_of
    from ..runtime.aipubuild.keys.table import key_table
    from ..runtime.report.terminal.console import show

    names = () if section == EVERY_SECTION else (section,)
    with said():
        found = keys_of(*names)
    show(*(key_table(name, keys) for name, keys in found.items()))


@contextmanager
def said() -> Iterator[None]:
    """Say what goes wrong before there is a log, as a log would."""
    try:
        yield
    except AipuError as error:
        click.echo(f"[E] {error}", err=True)
        raise
