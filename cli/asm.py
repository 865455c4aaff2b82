"""`aipu asm`: text and weights to a binary."""

from pathlib import Path

import click

FILE = click.Path(path_type=Path)


@click.command(
    epilog="""\b
Examples:
  aipu asm conv.s -o aipu.bin
  aipu asm conv.s -o aipu.bin --weights conv.npz
""",
)
@click.argument("program", metavar="PROG.s", type=FILE)
@click.option(
    "-o", "--output", metavar="FILE", type=FILE, required=True, help="The binary."
)
@click.option(
    "--weights",
    metavar="FILE.npz",
    type=FILE,
    help="An array for each buffer of weights; default: PROG.npz, if there is one.",
)
def asm(program: Path, output: Path, weights: Path | None) -> None:
    """Assemble a text into a binary."""
    from ..backend_aipu.assembly import parse_assembly
    from ..backend_aipu.binary import write_binary
    from ..dialects.semantics.weights import WeightStore
    from ..runtime.files import read_text, write_file

    parsed = parse_assembly(read_text(program), str(program))
    beside = program.with_suffix(".npz")
    if weights is None and beside.exists():
        weights = beside
    store = WeightStore.load(weights) if weights is not None else WeightStore()
    write_file(output, write_binary(parsed, store))
