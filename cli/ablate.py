"""`aipu ablate`: what each idea of a schedule is worth."""

from pathlib import Path

import click

from .arguments import (
    AS_JSON,
    FILE,
    TARGET,
    extensible,
    model_options,
    strategy_options,
)


@click.command(
    epilog="""\b
Examples:
  aipu ablate resnet50.onnx
  aipu ablate model.onnx --strategy greedy --goal dram --json
""",
)
@click.argument("model", metavar="MODEL", type=FILE)
@TARGET
@strategy_options
@click.option(
    "--batch",
    metavar="N",
    type=click.IntRange(min=1),
    help="How many frames run at once.",
)
@model_options
@AS_JSON
@extensible
def ablate(
    model: Path,
    target: str,
    strategy: str | None,
    goal: str,
    budget: float | None,
    seed: int,
    without: tuple[str, ...],
    batch: int | None,
    weights: Path | None,
    random_weights: int | None,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    fix: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Show what each idea of a schedule is worth.

    MODEL is scheduled with none of them, with all, with each alone, and with all others
    but it; the times are simulated, and of the machine alone. The strategy is dp,
    unless another is named; ideas that --without names are left out of all of it.
    Weights that are not there are drawn at random.
    """
    from ..passes.scheduling.strategies.goal import Goal
    from ..runtime.building.driver import Options
    from ..runtime.building.fixed_values import read_fixed
    from ..runtime.building.scheduling import begun
    from ..runtime.exploring.ablation import ablation
    from ..runtime.report.terminal.ablation import ablation_tables
    from ..runtime.report.terminal.console import show, show_json, working

    asked = Goal(goal, budget, seed, without)
    options = Options(
        target=target,
        strategy=strategy,
        goal=asked,
        batch=batch,
        shapes=dict(shapes),
        inputs=inputs,
        outputs=outputs,
        fixed=read_fixed(fix),
        random_weights=random_weights,
        weights=weights,
    )
    with working(f"scheduling {model.name}"):
        found = ablation(begun(model, options), strategy, asked)
    if as_json:
        show_json(found)
    else:
        show(*ablation_tables(found))
