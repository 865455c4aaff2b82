"""`aipu schedule`: what runs when, as a file to edit and to replay."""

from pathlib import Path

import click

from .arguments import (
    FILE,
    TARGET,
    extensible,
    model_options,
    strategy_options,
)


@click.command(
    epilog="""\b
Examples:
  aipu schedule resnet50.onnx --strategy dp -o resnet50.json
  aipu schedule out -o out.json
  aipu build resnet50.onnx -o out --schedule resnet50.json
""",
)
@click.argument("model", metavar="MODEL|DIR", type=FILE)
@click.option(
    "-o",
    "file",
    metavar="FILE.json",
    type=FILE,
    help="Where to write it; default: the standard output.",
)
@TARGET
@strategy_options
@click.option(
    "--calibration",
    metavar="X.npy|X.npz|DIR",
    type=FILE,
    help="Samples, as `aipu build` takes them; default: noise.",
)
@click.option(
    "--batch",
    metavar="N",
    type=click.IntRange(min=1),
    help="How many frames run at once.",
)
@model_options
@extensible
def schedule(
    model: Path,
    file: Path | None,
    target: str,
    strategy: str | None,
    goal: str,
    budget: float | None,
    seed: int,
    without: tuple[str, ...],
    calibration: Path | None,
    batch: int | None,
    weights: Path | None,
    random_weights: int | None,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    fix: tuple[tuple[str, str], ...],
) -> None:
    """Decide what runs when, and write that as JSON.

    MODEL is what `aipu build` takes; weights that are not there are drawn at random,
    since schedules rest on shapes. Of a package, DIR, it is what that runs by.
    """
    from ..passes.scheduling.schedules.schedule_file import written
    from ..passes.scheduling.strategies.goal import Goal
    from ..runtime.building.driver import Options
    from ..runtime.building.fixed_values import read_fixed
    from ..runtime.building.scheduling import schedules_of
    from ..runtime.files import write_file
    from ..runtime.report.terminal.console import warn, working

    options = Options(
        target=target,
        strategy=strategy,
        goal=Goal(goal, budget, seed, without),
        batch=batch,
        calibration=calibration,
        shapes=dict(shapes),
        inputs=inputs,
        outputs=outputs,
        fixed=read_fixed(fix),
        random_weights=random_weights,
        weights=weights,
    )
    with working(f"scheduling {model.name}"):
        found, warnings = schedules_of(model, options)
    warn(*warnings)
    data = written(found)
    if file is None:
        click.echo(data.decode(), nl=False)
    else:
        write_file(file, data)
