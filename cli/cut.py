"""`aipu cut`: how a network would be shared between machine and host."""

from pathlib import Path

import click

from .arguments import (
    AS_JSON,
    FILE,
    HOST_PINS,
    MACHINE_PINS,
    TARGET,
    extensible,
    model_options,
)

MODES = ("rules", "cost", "tengine", "all-host")


@click.command(
    epilog="""\b
Examples:
  aipu cut model.onnx
  aipu cut model.onnx --strategy dp --frames throughput
  aipu cut model.onnx --mode tengine --operators
  aipu cut model.onnx --html cut.html
  aipu build model.onnx -o out --quantise mode=cost
""",
)
@click.argument("model", metavar="MODEL", type=FILE)
@TARGET
@click.option(
    "--strategy",
    metavar="NAME",
    help="Who decides what runs when on the machine; default: dp.",
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="cost",
    show_default=True,
    help="Whose segments to show.",
)
@click.option(
    "--frames",
    type=click.Choice(["latency", "throughput"]),
    default="latency",
    show_default=True,
    help="What `cost` makes small: the time of one frame, or of each of many that both "
    "sides work on at once.",
)
@click.option(
    "--max-segments",
    metavar="N",
    type=click.IntRange(min=1),
    help="The most that `cost` may make.",
)
@click.option(
    "--min-gain",
    metavar="PERCENT",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    help="What `cost` has to gain over `rules`; else their placement stays.",
)
@click.option(
    "--board",
    metavar="NAME|FILE.toml",
    help="Whose free memory the host's part has to fit; default: any.",
)
@HOST_PINS
@MACHINE_PINS
@model_options
@click.option("--operators", is_flag=True, help="Show every operator and its reason.")
@click.option(
    "--html",
    "page",
    metavar="FILE.html",
    type=FILE,
    help="Write a page with the graph, coloured by side, and the tables.",
)
@AS_JSON
@extensible
def cut(
    model: Path,
    target: str,
    strategy: str | None,
    mode: str,
    frames: str,
    max_segments: int | None,
    min_gain: float,
    board: str | None,
    host: tuple[str, ...],
    machine: tuple[str, ...],
    weights: Path | None,
    random_weights: int | None,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    fix: tuple[tuple[str, str], ...],
    operators: bool,
    page: Path | None,
    as_json: bool,
) -> None:
    """Show how a model would be shared between machine and host, and the costs.

    Nothing is built, and no weights or samples are needed: all times are estimates.
    `aipu build --quantise mode=cost` builds what is shown, and takes the other options
    in the same way, as max-segments=3.
    """
    from ..backend_aipu.board import load_board
    from ..passes.quantising.cutting.search import Demand
    from ..passes.quantising.placement.pins import Pins
    from ..runtime.building.driver import Options
    from ..runtime.building.fixed_values import read_fixed
    from ..runtime.files import write_file
    from ..runtime.inspecting.cutting import cut as cut_network
    from ..runtime.report.html import cut_html
    from ..runtime.report.terminal.console import note, show, show_json, warn, working
    from ..runtime.report.terminal.cutting import cutting_tables

    memory = 0 if board is None else load_board(board).memory.free
    demand = Demand(frames, max_segments or 0, min_gain, memory)
    options = Options(
        target=target,
        strategy=strategy,
        weights=weights,
        random_weights=random_weights,
        shapes=dict(shapes),
        inputs=inputs,
        outputs=outputs,
        pins=Pins(host, machine),
        fixed=read_fixed(fix),
    )
    with working(f"cutting {model.name}"):
        found = cut_network(model, options, demand, mode)
        if page is not None:
            write_file(page, cut_html(found))
    warn(*found.warnings)
    if page is not None:
        note(f"wrote {page}")
    if as_json:
        show_json(found)
    else:
        show(*cutting_tables(found, all_operators=operators))
