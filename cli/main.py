"""`aipu`: one command for each module of this folder, imported when it is used."""

from importlib import import_module

import click

from ..errors import nearest
from .failing import one_message

COMMANDS = {
    "demo": "Build a network that is at hand, run it, and show what that takes.",
    "inspect": "Show what is in a model, and what will run where.",
    "cut": "Show how a model would be shared between machine and host, and the costs.",
    "build": "Build a model into a package.",
    "schedule": "Decide what runs when, and write that as JSON.",
    "ablate": "Show what each idea of a schedule is worth.",
    "explore": "Try models, targets, strategies and goals with each other.",
    "run": "Run a package on the simulator.",
    "verify": "Compare every layer of a package at every level.",
    "report": "Show where the time, the bytes and the energy of a package go.",
    "compare": "Show packages side by side.",
    "bench": "Compare the machine with the processor beside it, network by network.",
    "board": "Show a board, and what is installed here to work for it.",
    "case": "Run a network through the driver, and check its output.",
    "build-libaipudrv": "Build the driver's library, for programs in C and C++.",
    "ops": "Show the operators that models may use, and where they run.",
    "targets": "Show the machines that models can be built for.",
    "reduce": "Make a module smaller that fails, as long as it fails in the same way.",
    "new": "Write the start of a pass or an operator of your own, with its test.",
    "asm": "Assemble a text into a binary.",
    "disasm": "Write a binary as a text.",
}
"""What each command does; it is the function of its name in the module of its name."""


AS_ELSEWHERE = {"doctor": "board", "benchmark": "bench", "benchncnn": "bench"}
"""What other tools call commands like ours."""


class AipuGroup(click.Group):
    """Finds the commands, and ends every failure in one message."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name not in COMMANDS:
            ours = AS_ELSEWHERE.get(cmd_name)
            hint = f"did you mean '{ours}'?" if ours else nearest(cmd_name, COMMANDS)
            ctx.fail(f"no command '{cmd_name}': {hint}")
        name = cmd_name.replace("-", "_")
        return getattr(import_module(f".{name}", __package__), name)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        with one_message("aipu"):
            return super().invoke(ctx)


@click.command(
    cls=AipuGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="`aipu COMMAND --help` shows the options of a command, with examples.",
)
@click.version_option(package_name="aipu-compiler", message="%(prog)s %(version)s")
def main() -> None:
    """Compile neural networks for the Zhouyi AIPU, and run them on its simulator."""
