"""`aipu disasm`: a binary to text and weights."""

from contextlib import ExitStack
from pathlib import Path

import click

FILE = click.Path(path_type=Path)


@click.command(
    epilog="""\b
Examples:
  aipu disasm aipu.bin
  aipu disasm aipu.bin -o conv.s
""",
)
@click.argument("binary", metavar="FILE", type=FILE)
@click.option(
    "-o",
    "--output",
    metavar="PROG.s",
    type=FILE,
    help="Write the text here, and the weights to PROG.npz beside it; default: the "
    "text to the standard output.",
)
def disasm(binary: Path, output: Path | None) -> None:
    """Write a binary as a text."""
    if output is not None and output.suffix == ".npz":
        raise click.UsageError(f"'{output}' is where the weights go: name a text file")

    from ..backend_aipu.assembly import print_assembly
    from ..backend_aipu.binary import read_binary
    from ..dialects.semantics.weights import WeightStore
    from ..runtime.files import read_file, whole_file

    program, weights = read_binary(read_file(binary), name=str(binary))
    text = print_assembly(program)
    if output is None:
        click.echo(text, nl=False)
        return
    with ExitStack() as files:
        files.enter_context(whole_file(output)).write_text(text, "utf-8")
        if weights:
            beside = files.enter_context(whole_file(output.with_suffix(".npz")))
            WeightStore(weights).save(beside)
