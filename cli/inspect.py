"""`aipu inspect`: what is in a model."""

from pathlib import Path

import click

from .arguments import AS_JSON, FILE, INPUT_SHAPE


@click.command(
    epilog="""\b
Examples:
  aipu inspect model.onnx
  aipu inspect graph.pb --input Mfcc --output labels_softmax --json
""",
)
@click.argument("model", metavar="MODEL", type=FILE)
@click.option(
    "--target",
    metavar="NAME|FILE.toml",
    default="r329",
    show_default=True,
    help="The machine that it would run on.",
)
@click.option(
    "--weights",
    metavar="FILE",
    type=FILE,
    help="The weights of a Caffe or ncnn model; default: the file of its name beside "
    "it.",
)
@click.option(
    "--random-weights",
    metavar="SEED",
    type=int,
    help="Draw the weights of a model that has none.",
)
@click.option(
    "--shape",
    "shapes",
    metavar="NAME=1x3x224x224",
    type=INPUT_SHAPE,
    multiple=True,
    help="The shape of an input that the model leaves open. May be repeated.",
)
@click.option(
    "--input",
    "inputs",
    metavar="NAME",
    multiple=True,
    help="Cut the network: this tensor becomes an input. May be repeated.",
)
@click.option(
    "--output",
    "outputs",
    metavar="NAME",
    multiple=True,
    help="Cut the network: this tensor becomes an output. May be repeated.",
)
@AS_JSON
def inspect(
    model: Path,
    target: str,
    weights: Path | None,
    random_weights: int | None,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show what is in a model, and what will run where.

    Nothing is built. Operators are those that are left after the pipeline `import`.
    """
    from ..runtime.driver import Options
    from ..runtime.inspection import inspect as look_into
    from ..runtime.report.terminal.console import show, show_json, working
    from ..runtime.report.terminal.inspection import inspection_tables

    options = Options(
        target=target,
        weights=weights,
        random_weights=random_weights,
        shapes=dict(shapes),
        inputs=inputs,
        outputs=outputs,
    )
    with working(f"reading {model.name}"):
        found = look_into(model, options)
    if as_json:
        show_json(found)
    else:
        show(*inspection_tables(found))
