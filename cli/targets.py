"""`aipu targets`: the machines that models can be built for, and one of your own."""

import re
from pathlib import Path

import click

from .arguments import AS_JSON, FILE, extensible

MILLISECONDS = {
    "ms": lambda number: number,
    "s": lambda number: 1e3 * number,
    "fps": lambda number: 1e3 / number,
}
"""Of a measurement, by its unit."""


class Measured(click.ParamType):
    """`resnet50=100ms,mobilenet_v2=26fps`: milliseconds by network."""

    name = "measured"

    def convert(
        self,
        value: str | dict[str, float],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> dict[str, float]:
        if isinstance(value, dict):
            return value
        times: dict[str, float] = {}
        for part in value.split(","):
            word, _, time = part.rpartition("=")
            found = re.fullmatch(r"(\d+\.?\d*|\.\d+) ?(ms|s|fps)", time)
            if not word or found is None or not float(found[1]):
                self.fail(f"expected NET=100ms or NET=10fps, found {part}", param, ctx)
            if word in times:
                self.fail(f"{word} is measured twice", param, ctx)
            times[word] = MILLISECONDS[found[2]](float(found[1]))
        return times


class ShownByDefault(click.Group):
    """A group that shows where no other of its commands is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=ShownByDefault,
    subcommand_metavar="[show] [NAME|FILE.toml]... | fit TARGET",
    epilog="""\b
Examples:
  aipu targets
  aipu targets r329 my_machine.toml
  aipu targets fit r329 --measured resnet50=100ms -o mine.toml
""",
)
def targets() -> None:
    """Show the machines that models can be built for.

    A machine of your own is a file: base = "r329", a name, a description, and the
    numbers that differ. `aipu build --target FILE.toml` builds for it.
    """


@targets.command(
    epilog="""\b
Examples:
  aipu targets
  aipu targets r329 my_machine.toml
""",
)
@click.argument("targets", metavar="[NAME|FILE.toml]...", nargs=-1)
@AS_JSON
@extensible
def show(targets: tuple[str, ...], as_json: bool) -> None:
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


@targets.command(
    epilog="""\b
Examples:
  aipu targets fit r329 --measured resnet50=100ms,mobilenet_v2=42ms -o mine.toml
  aipu targets fit r329 --measured my_package=12.5fps -o mine.toml
""",
)
@click.argument("target", metavar="NAME|FILE.toml")
@click.option(
    "--measured",
    metavar="NET=TIME[,NET=TIME]",
    type=Measured(),
    required=True,
    help="What the machine alone took for a run, in ms, s or fps: of a package's "
    "folder, of a network that `aipu bench` knows by name, or of a model's file.",
)
@click.option(
    "-o",
    "out",
    metavar="FILE.toml",
    type=FILE,
    required=True,
    help="Where to write the target.",
)
@AS_JSON
@extensible
def fit(target: str, measured: dict[str, float], out: Path, as_json: bool) -> None:
    """Fit bandwidth, launch and latency of a target to what a board of yours measured.

    A package is simulated as it is, anything else as built `layerwise`. No more numbers
    are fitted than there are times, and none that these times hardly tell; what stays
    as it was, and why, is said.
    """
    from ..backend_aipu.machine import load_machine
    from ..runtime.benchmarking.fit_target import fit_target, fitted_text
    from ..runtime.files import write_file
    from ..runtime.report.terminal.calibration import fit_tables
    from ..runtime.report.terminal.console import note, show, show_json, working

    base = load_machine(target)
    with working(f"fitting {base.name}"):
        found = fit_target(base, measured, out.stem)
    write_file(out, fitted_text(base, found).encode())
    note(f"wrote {out}")
    if as_json:
        show_json(found)
    else:
        show(*fit_tables(found))
