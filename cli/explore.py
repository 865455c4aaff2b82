"""`aipu explore`: models, targets, strategies and goals, all with all."""

from pathlib import Path

import click

from .arguments import AS_JSON, FILE, LOAD, SETTING


@click.command(
    epilog="""\b
Examples:
  aipu explore resnet50.onnx mobilenet.onnx -o sweep --strategy layerwise --strategy dp
  aipu explore model.onnx -o sweep --set sram.bytes=65536,131072,262144 --jobs 2
  aipu explore *.onnx -o sweep --goal latency --goal dram --cluster tcp://host:8786
""",
)
@click.argument("models", metavar="MODEL...", nargs=-1, required=True, type=FILE)
@click.option(
    "-o",
    "folder",
    metavar="DIR",
    type=FILE,
    required=True,
    help="Where the table goes, and every row of it as soon as it is there.",
)
@click.option(
    "--target",
    "targets",
    metavar="NAME|FILE.toml",
    multiple=True,
    default=["r329"],
    show_default="r329",
    help="A machine. May be repeated.",
)
@click.option(
    "--strategy",
    "strategies",
    metavar="NAME|FILE.py:NAME|FILE.json",
    multiple=True,
    default=["layerwise", "dp"],
    show_default="layerwise, dp",
    help="Who schedules. May be repeated.",
)
@click.option(
    "--goal",
    "goals",
    metavar="GOAL",
    multiple=True,
    default=["latency"],
    show_default="latency",
    help="What that makes small. May be repeated.",
)
@click.option(
    "--batch",
    "batches",
    metavar="N",
    type=click.IntRange(min=1),
    multiple=True,
    help="How many frames run at once. May be repeated.",
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE[,VALUE]",
    type=SETTING,
    multiple=True,
    help="Numbers of the target that are tried, as sram.bytes=65536,131072. May be "
    "repeated for others.",
)
@click.option(
    "--budget",
    metavar="SECONDS",
    type=float,
    help="How long a strategy may take for a network.",
)
@click.option(
    "--seed",
    metavar="N",
    type=int,
    default=0,
    show_default=True,
    help="Where what it draws at random begins.",
)
@click.option(
    "--random-weights",
    metavar="SEED",
    type=int,
    help="Draw the weights of models that have none.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many processes take part.",
)
@click.option(
    "--cluster",
    metavar="tcp://HOST:PORT",
    help="Let the workers of a Dask cluster do it, who see the same files.",
)
@AS_JSON
@LOAD
def explore(
    models: tuple[Path, ...],
    folder: Path,
    targets: tuple[str, ...],
    strategies: tuple[str, ...],
    goals: tuple[str, ...],
    batches: tuple[int, ...],
    settings: tuple[tuple[str, str], ...],
    budget: float | None,
    seed: int,
    random_weights: int | None,
    jobs: int,
    cluster: str | None,
    as_json: bool,
    load: tuple[Path, ...],
) -> None:
    """Try models, targets, strategies and goals with each other.

    Also batches, and numbers of the targets. Speeds are simulated and of the machine
    alone. What could not be built is a row that says why. Rows are kept by what they
    rest on, so that what is interrupted goes on where it was: DIR then holds
    explore.csv, explore.json and pareto.svg.
    """
    from ..extend.loading import loaded
    from ..passes.scheduling.strategies.goal import Goal
    from ..runtime.exploring.explore import explored
    from ..runtime.exploring.sweep import Sweep
    from ..runtime.report.terminal.console import counting, show, show_json
    from ..runtime.report.terminal.exploring import exploring_table

    sweep = Sweep(
        models=models,
        targets=targets,
        strategies=strategies,
        goals=[Goal(goal, budget, seed) for goal in goals],
        batches=batches or (None,),
        settings={key: value.split(",") for key, value in settings},
        random_weights=random_weights,
        loads=load,
    )
    with loaded(load), counting("exploring") as (begin, say):
        table = explored(
            sweep, folder, jobs=jobs, cluster=cluster, begin=begin, say=say
        )
    if as_json:
        show_json(table)
    else:
        show(exploring_table(table))
