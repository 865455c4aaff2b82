"""`aipu bench`: networks on the machine beside the same on the processor next to it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .arguments import AS_JSON, FILE, TARGET, extensible, model_options

if TYPE_CHECKING:
    from ..runtime.benchmarking.networks import Candidate


@click.command(
    epilog="""\b
Examples:
  aipu bench resnet50 mobilenet
  aipu bench all --html bench.html --csv bench.csv
  aipu bench all --nets ncnn/benchmark --ncnn --boards
  aipu bench my_model.onnx --board my_board.toml
  aipu bench kws.pb --input Mfcc --output labels_softmax
  aipu bench all --nets ncnn/benchmark --calibrate benchncnn.log -o mine.toml
""",
)
@click.argument("networks", metavar="NET|all|MODEL...", nargs=-1, required=True)
@click.option(
    "--nets",
    "folder",
    metavar="DIR",
    type=FILE,
    help="Know the networks of a folder of .param files, as a clone of ncnn has them "
    "in its folder `benchmark`, instead of those that are at hand.",
)
@TARGET
@click.option(
    "--strategy",
    metavar="NAME",
    help="Who decides what runs when; default: as `aipu build` has it.",
)
@click.option(
    "--board",
    metavar="NAME|FILE.toml",
    default="maixsense",
    show_default=True,
    help="Whose memory counts.",
)
@click.option("--boards", is_flag=True, help="Show what ncnn publishes for A53 boards.")
@click.option(
    "--ncnn",
    "here",
    is_flag=True,
    help="Run ncnn on this computer, too, without weights.",
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Of ncnn on this computer: more than one are slower where others work.",
)
@click.option(
    "--csv",
    "csv_file",
    metavar="FILE.csv",
    type=FILE,
    help="Write a line for each network.",
)
@click.option(
    "--html",
    "page",
    metavar="FILE.html",
    type=FILE,
    help="Write a page with bars; it needs nothing beside it.",
)
@click.option(
    "--calibrate",
    "log",
    metavar="LOG",
    type=FILE,
    help="Fit the model of the host to what benchncnn printed on a board of yours, "
    "and compare nothing.",
)
@click.option(
    "-o",
    "fitted_target",
    metavar="FILE.toml",
    type=FILE,
    help="Where to write the target with the fitted host.",
)
@model_options
@AS_JSON
@extensible
def bench(
    networks: tuple[str, ...],
    folder: Path | None,
    target: str,
    strategy: str | None,
    board: str,
    boards: bool,
    here: bool,
    threads: int,
    csv_file: Path | None,
    page: Path | None,
    log: Path | None,
    fitted_target: Path | None,
    weights: Path | None,
    random_weights: int | None,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    fix: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Compare the machine with the processor beside it, network by network.

    NET is a network that is at hand, `all` is every one of them, MODEL a file as `aipu
    build` takes it. The machine is simulated. What ncnn would take on the processor
    alone is an estimate; so is what the host adds to the machine, and the memory of a
    process with ncnn. Exit code 1 if a network cannot be read.
    """
    if (log is None) != (fitted_target is None):
        raise click.UsageError("--calibrate and -o go together")
    if fitted_target is not None and fitted_target.suffix != ".toml":
        raise click.UsageError("a target's file is called FILE.toml: -o")

    from ..backend_aipu.board import load_board
    from ..backend_aipu.machine import load_machine
    from ..passes.scheduling.strategies.strategy import strategy as known_strategy
    from ..runtime.benchmarking.measure import Asked, measure, measure_among_others
    from ..runtime.benchmarking.networks import candidates
    from ..runtime.benchmarking.on_this_computer import require_ncnn
    from ..runtime.building.driver import Options
    from ..runtime.building.fixed_values import read_fixed
    from ..runtime.files import write_file
    from ..runtime.report.benchmark.csv_file import csv_text
    from ..runtime.report.benchmark.html import benchmark_html
    from ..runtime.report.html import require
    from ..runtime.report.terminal.benchmark import benchmark_tables
    from ..runtime.report.terminal.console import note, one_by_one, show, show_json

    machine, asked_board = load_machine(target), load_board(board)
    if strategy is not None:
        known_strategy(strategy)
    if here:
        require_ncnn()
    if page is not None:
        require("jinja2")
    options = Options(
        weights=weights,
        random_weights=random_weights,
        shapes=dict(shapes),
        inputs=inputs,
        outputs=outputs,
        fixed=read_fixed(fix),
    )
    found = candidates(networks, folder, options)
    if log is not None and fitted_target is not None:
        calibrate(log, fitted_target, {each.name: each for each in found}, target)
        return
    asked = Asked(target, strategy, asked_board, here, threads)
    compare = measure if len(found) == 1 else measure_among_others
    names = one_by_one([each.name for each in found], "measuring")
    results = [compare(each, asked) for each, _ in zip(found, names, strict=True)]
    if csv_file is not None:
        write_file(csv_file, csv_text(results).encode())
    if page is not None:
        text = benchmark_html(results, machine, asked_board, boards=boards)
        write_file(page, text)
    note(*(f"wrote {path}" for path in (csv_file, page) if path is not None))
    if as_json:
        show_json(results)
    else:
        show(*benchmark_tables(results, machine, asked_board, boards=boards))
    sys.exit(0 if all(each.macs is not None for each in results) else 1)


def calibrate(
    log: Path, fitted_target: Path, networks: Mapping[str, "Candidate"], target: str
) -> None:
    """Fit the host of a target to a log; write it, and show how far off it is."""
    from ..backend_aipu.machine import load_machine
    from ..runtime.benchmarking.benchncnn_log import read_log
    from ..runtime.benchmarking.calibrate import calibration, target_text
    from ..runtime.files import write_file
    from ..runtime.report.terminal.calibration import calibration_table
    from ..runtime.report.terminal.console import note, show, working

    machine, measured = load_machine(target), read_log(log)
    with working(f"fitting the host of {machine.name}"):
        fit = calibration(machine, measured, networks)
    text = target_text(machine, fit.host, fitted_target.stem, log.name)
    write_file(fitted_target, text.encode())
    note(f"wrote {fitted_target}")
    show(calibration_table(fit.rows))
