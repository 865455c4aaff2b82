"""`aipu build`: a model to a package."""

from pathlib import Path

import click

from .arguments import (
    AS_JSON,
    FILE,
    HOST_PINS,
    MACHINE_PINS,
    REALS,
    SETTING,
    TARGET,
    extensible,
    model_options,
    strategy_options,
)
from .typed import Remembering, typed

LEVELS = ("float", "prepared", "quantised", "tile", "aipu")
"""The levels of a network, from the model down."""


@click.command(
    cls=Remembering,
    epilog="""\b
Examples:
  aipu build resnet50.onnx -o resnet50 --calibration images.npy
  aipu build model.onnx -o out --shape input=1x3x224x224 --target my_machine.toml
  aipu build graph.onnx -o out --random-weights 0 --output features
  aipu build model.onnx -o out --load my_pass.py --after tile 'limit-rows{rows=4}'
  aipu build model.onnx -o out --host 'head/*' --machine type:softmax
""",
)
@click.argument("model", metavar="MODEL", type=FILE)
@click.option(
    "-o",
    "folder",
    metavar="DIR",
    type=FILE,
    required=True,
    help="The package: a new folder, or an older package, which is replaced.",
)
@TARGET
@click.option(
    "--calibration",
    metavar="X.npy|X.npz|DIR",
    type=FILE,
    help="Samples to choose scales by: an array [samples, ...], one for each input, "
    "or a folder of .npy files; default: noise.",
)
@click.option(
    "--quantise",
    "settings",
    metavar="NAME=VALUE",
    type=SETTING,
    multiple=True,
    help="An option of the pipeline `quantise`, such as method=min-max or "
    "arithmetic=zhouyi; `aipu-opt --list-passes` lists them.",
)
@strategy_options
@click.option(
    "--schedule",
    metavar="FILE.json",
    type=FILE,
    help="Replay the schedules of a file, as `aipu schedule` writes it, in the place "
    "of a strategy.",
)
@click.option(
    "--batch",
    metavar="N",
    type=click.IntRange(min=1),
    help="How many frames run at once; default: what the model or --shape says, 1 if "
    "that is left open.",
)
@HOST_PINS
@MACHINE_PINS
@model_options
@click.option(
    "--mean",
    metavar="M[,M,M]",
    type=REALS,
    help="What is taken from the pixels of images, from 0 to 255: one number, or one "
    "a channel in the model's order.",
)
@click.option(
    "--scale",
    metavar="S[,S,S]",
    type=REALS,
    help="What they are multiplied with then.",
)
@click.option(
    "--channels",
    type=click.Choice(["RGB", "BGR", "GREY"]),
    help="The order of the channels of images; default: RGB.",
)
@click.option(
    "--resize",
    metavar="N",
    type=click.IntRange(min=0),
    help="Scale the shorter side of images to N pixels and take the middle; default: "
    "scale all of the image.",
)
@click.option(
    "--fold-image",
    is_flag=True,
    help="Let the network scale images: it takes pixels from 0 to 255, as samples for "
    "--calibration must be then.",
)
@click.option(
    "--labels",
    metavar="FILE",
    type=FILE,
    help="What the classes are called: a line each, class 0 first. `aipu run` answers "
    "with them.",
)
@click.option(
    "--answer",
    metavar="NAME=VALUE",
    type=SETTING,
    multiple=True,
    help="What outputs mean, as far as their shapes do not tell: kind=classes, with "
    "output, softmax, top; or kind=boxes, with boxes, scores, classes, order, "
    "background, least, overlap. May be repeated.",
)
@click.option(
    "--no-samples",
    is_flag=True,
    help="Keep no calibration samples in the package; otherwise at most 4, of 4 MB in "
    "all, to run and to verify it with.",
)
@click.option(
    "--after",
    metavar="LEVEL PIPELINE",
    type=(click.Choice(LEVELS), str),
    multiple=True,
    help="Run further passes at a level: float, prepared, quantised, tile or aipu. May "
    "be repeated.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Delete what else lies in the folder of an older package.",
)
@AS_JSON
@extensible
@click.pass_context
def build(
    context: click.Context,
    model: Path,
    folder: Path,
    target: str,
    calibration: Path | None,
    settings: tuple[tuple[str, str], ...],
    strategy: str | None,
    goal: str,
    budget: float | None,
    seed: int,
    without: tuple[str, ...],
    schedule: Path | None,
    batch: int | None,
    host: tuple[str, ...],
    machine: tuple[str, ...],
    random_weights: int | None,
    weights: Path | None,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    fix: tuple[tuple[str, str], ...],
    mean: tuple[float, ...] | None,
    scale: tuple[float, ...] | None,
    channels: str | None,
    resize: int | None,
    fold_image: bool,
    labels: Path | None,
    answer: tuple[tuple[str, str], ...],
    no_samples: bool,
    after: tuple[tuple[str, str], ...],
    force: bool,
    as_json: bool,
) -> None:
    """Build a model into a package.

    MODEL is .onnx, .tflite, .pb (TensorFlow), .prototxt or .caffemodel, .pt2 (PyTorch),
    .param (ncnn), .txt (Zhouyi IR), or a text of any level, .mlir: what comes above it
    is left out; a program, .mlir or .s, needs its network tile.mlir beside it. Prints
    the report, and the `aipu-opt` line of each level.
    """
    from ..frontends.preprocessing import image_of
    from ..passes.quantising.placement.pins import Pins
    from ..passes.scheduling.strategies.goal import Goal
    from ..runtime.answers.asked import asked
    from ..runtime.building.driver import Options, built_by
    from ..runtime.building.driver import build as build_package
    from ..runtime.building.fixed_values import read_fixed
    from ..runtime.building.package import PACKAGE_FOLDER
    from ..runtime.building.recipe import joined
    from ..runtime.report.caveats import caveats
    from ..runtime.report.findings import findings
    from ..runtime.report.terminal.commands import command_lines
    from ..runtime.report.terminal.console import show, show_json, warn, working
    from ..runtime.report.terminal.report import report_tables

    if schedule is not None and strategy is not None:
        raise click.UsageError("--schedule takes the place of --strategy", context)
    if schedule is not None and schedule.suffix != ".json":
        raise click.UsageError(f"--schedule: '{schedule}' is no FILE.json", context)
    PACKAGE_FOLDER.check(folder, force=force, option="--force")
    options = Options(
        target=target,
        strategy=strategy if schedule is None else str(schedule),
        goal=Goal(goal, budget, seed, without),
        batch=batch,
        calibration=calibration,
        shapes=dict(shapes),
        inputs=inputs,
        outputs=outputs,
        fixed=read_fixed(fix),
        random_weights=random_weights,
        image=image_of(mean, scale, channels, resize),
        fold_image=fold_image,
        weights=weights,
        asked=asked(labels, dict(answer)),
        keep_samples=not no_samples,
        quantise=dict(settings),
        pins=Pins(host, machine),
        after=joined(after),
    )
    with working(f"building {model.name}"):
        package = build_package(model, options)
        package.save(folder, force=force)
        found = findings(package)
    warn(*caveats(found.figures))
    if as_json:
        show_json(package.report)
    else:
        lines = built_by(typed(context), options, folder, package.manifest.pipelines)
        show(*report_tables(found), command_lines(lines))
