"""How a command fails: in one message on the standard error, whatever it was."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EPIPE
from traceback import format_exception
from types import MappingProxyType

import click

from ..errors import AipuError


@contextmanager
def one_message(
    program: str,
    codes: Mapping[type[AipuError], int] = MappingProxyType({}),
    *,
    traceback: bool = False,
) -> Iterator[None]:
    """Let a block end the program with one message, should it fail.

    What it has printed is written out within it, as a disk may be full behind it. Who
    no longer listens, as `head` does not, needs no message; click sees to that.

    Args:
        program: who says it.
        codes: of the exit, for kinds of errors; 1 for others.
        traceback: whether to show where an error comes from, too.
    """
    try:
        yield
        sys.stdout.flush()
    except AipuError as error:
        if traceback:
            click.echo("".join(format_exception(error)), err=True)
        _fail(program, str(error), codes.get(type(error), 1))
    except OSError as error:
        if error.errno == EPIPE:
            raise
        _discard_output()
        place = error.filename or "the standard output"
        _fail(program, f"{place}: {error.strerror or error}", 1)


def _fail(program: str, message: str, code: int) -> None:
    click.echo(f"{program}: {message}", err=True)
    click.get_current_context().exit(code)


def _discard_output() -> None:
    """Drop what could not be written, which Python would try once more at the end."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
