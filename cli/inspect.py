"""`aipu inspect`: what is in a model, or in a binary."""

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


@click.command(
    epilog="""\b
Examples:
  aipu inspect model.onnx
  aipu inspect model.onnx --host type:max_pool2d
  aipu inspect graph.pb --input Mfcc --output labels_softmax --json
  aipu inspect package/aipu.bin
""",
)
@click.argument("model", metavar="MODEL", type=FILE)
@TARGET
@HOST_PINS
@MACHINE_PINS
@model_options
@AS_JSON
@extensible
def inspect(
    model: Path,
    target: str,
    host: tuple[str, ...],
    machine: tuple[str, ...],
    weights: Path | None,
    random_weights: int | None,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    fix: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Show what is in a model, and what will run where.

    Nothing is built. Operators are those that are left after the pipeline `import`.
    Of a binary: its tensors, its entry points, and what it needs of the memory.
    """
    from ..passes.quantising.placement.pins import Pins
    from ..runtime.building.driver import Options
    from ..runtime.building.fixed_values import read_fixed
    from ..runtime.inspecting.binary_file import inspect_binary, is_binary
    from ..runtime.inspecting.inspection import inspect as look_into
    from ..runtime.report.terminal.binary_file import binary_tables
    from ..runtime.report.terminal.console import show, show_json, warn, working
    from ..runtime.report.terminal.inspection import inspection_tables

    if is_binary(model):
        binary = inspect_binary(model)
        if as_json:
            show_json(binary)
        else:
            show(*binary_tables(binary))
        return

    options = Options(
        target=target,
        weights=weights,
        random_weights=random_weights,
        shapes=dict(shapes),
        inputs=inputs,
        outputs=outputs,
        pins=Pins(host, machine),
        fixed=read_fixed(fix),
    )
    with working(f"reading {model.name}"):
        found = look_into(model, options)
    warn(*found.warnings)
    if as_json:
        show_json(found)
    else:
        show(*inspection_tables(found))
