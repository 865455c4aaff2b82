"""Write cli.md, the manual of the commands, from the commands themselves.

python docs/generate_cli.py
"""

import re
from collections.abc import Iterator, Sequence
from inspect import cleandoc
from pathlib import Path

import click

from aipu.cli.aipu_opt import main as aipu_opt
from aipu.cli.main import COMMANDS
from aipu.cli.main import main as aipu

FOLDER = Path(__file__).parent
INTRODUCTION = """\
Every command knows `--help`. What is wrong with the input is said in one message on
the standard error, with the place and the remedy, and the exit code is 1; it is 2 for
a mistake on the command line. Files and folders are written whole or not at all.
Tables are coloured in a terminal and plain elsewhere, and `--json` prints what they
show as data."""


def cli_page() -> str:
    """The whole manual."""
    group = click.Context(aipu, info_name="aipu")
    commands = dict(_with_their_own(group))
    commands["aipu-opt"] = aipu_opt
    lines = [*_introduction(commands)]
    for name, command in commands.items():
        lines += _section(name, command)
    return "\n".join(lines) + "\n"


def _with_their_own(group: click.Context) -> Iterator[tuple[str, click.Command]]:
    """The commands, and those that they have themselves; a group's `show` is itself."""
    for name in COMMANDS:
        command = _command(group, name)
        if not isinstance(command, click.Group):
            yield f"aipu {name}", command
            continue
        for word, each in command.commands.items():
            yield f"aipu {name} {word}".removesuffix(" show"), each


def _command(group: click.Context, name: str) -> click.Command:
    assert isinstance(aipu, click.Group)
    command = aipu.get_command(group, name)
    assert command is not None
    return command


def _introduction(commands: dict[str, click.Command]) -> Iterator[str]:
    yield "# The commands"
    yield ""
    yield "<!-- Written by docs/generate_cli.py from the commands. -->"
    yield ""
    yield INTRODUCTION
    yield ""
    yield "| command | |"
    yield "|---|---|"
    for name, command in commands.items():
        anchor = name.replace(" ", "-")
        yield f"| [`{name}`](#{anchor}) | {_paragraphs(command)[0]} |"


def _section(name: str, command: click.Command) -> Iterator[str]:
    yield ""
    yield f"## {name}"
    yield ""
    yield "```"
    yield " ".join([name, *_usage(command)])
    yield "```"
    for paragraph in _paragraphs(command):
        yield ""
        yield paragraph
    options = [each for each in command.params if isinstance(each, click.Option)]
    if options:
        yield ""
        yield "| option | |"
        yield "|---|---|"
        for option in options:
            yield f"| {_spelling(option)} | {_meaning(option)} |"
    yield ""
    yield "```"
    yield from _examples(command)
    yield "```"


def _usage(command: click.Command) -> Iterator[str]:
    """The arguments, and the options that must be given."""
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            yield parameter.make_metavar(click.Context(command))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.required:
            yield f"{parameter.opts[0]} {parameter.metavar}"
    yield "[OPTIONS]"


def _paragraphs(command: click.Command) -> Sequence[str]:
    """What a command says of itself."""
    text = cleandoc(command.help or "")
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _spelling(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    if option.is_flag:
        return names
    metavar = (option.metavar or str(option.type.name)).replace("|", "\\|")
    return f"{names} `{metavar}`"


def _meaning(option: click.Option) -> str:
    text = option.help or ""
    if option.show_default and option.default is not None:
        text = f"{text.removesuffix('.')}; default: {option.default}."
    return text.replace("|", "\\|")


def _examples(command: click.Command) -> Iterator[str]:
    lines = cleandoc((command.epilog or "").replace("\b", "")).splitlines()
    for line in lines:
        if not re.fullmatch(r"Examples?:", line):
            yield line.strip()


if __name__ == "__main__":
    (FOLDER / "cli.md").write_text(cli_page())
