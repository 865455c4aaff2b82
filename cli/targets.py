"""`aipu targets`: the machines that models can be built for."""

import click

from .arguments import AS_JSON, extensible


@click.command(
    epilog="""\b
Examples:
  aipu targets
  aipu targets r329 my_machine.toml
""",
)
@click.argument("targets", metavar="[NAME|FILE.toml]...", nargs=-1)
@AS_JSON
@extensible
def targets(targets: tuple[str, ...], as_json: bool) -> None:
    """Show the machines that models can be built for.

    A machine of your own is a file: base = "r329", a name, a description, and the
    numbers that differ. `aipu build --target FILE.toml` builds for it.
    """
    from ..backend_aipu.machine import load_machine, machine_names
    from ..runtime.report.terminal.console import show, show_json
    from ..runtime.report.terminal.machines import machine_table

    machines = [load_machine(name) for name in targets or machine_names()]
    if as_json:
        show_json(machines)
    else:
        show(machine_table(machines))
