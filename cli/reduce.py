"""`aipu reduce`: a smaller module with the same failure."""

import click

from .arguments import FILE, LOAD


@click.command(
    epilog="""\b
Examples:
  aipu reduce failure.zip -o smaller.zip
  aipu reduce model.mlir -p import --load my_pass.py --check-numerics -o small.mlir
  aipu reduce model.onnx -p import --expect 'grep -q nn.conv2d' -o small.mlir
""",
)
@click.argument("file", metavar="FILE")
@click.option(
    "-p",
    "--pass-pipeline",
    metavar="TEXT",
    multiple=True,
    help="The passes that fail; a reproducer says them itself.",
)
@LOAD
@click.option(
    "--check-numerics", is_flag=True, help="To break a promise on values is to fail."
)
@click.option(
    "--data", metavar="FILE", type=FILE, help="Samples for that, beside noise."
)
@click.option(
    "--expect",
    metavar="COMMAND",
    help="A module on whose file this command of a shell does not succeed after the "
    "passes fails, too; %s stands for the file.",
)
@click.option(
    "--weights",
    metavar="FILE",
    type=FILE,
    help="The weights of a text; default: the file of its name beside it.",
)
@click.option(
    "--random-weights",
    metavar="SEED",
    type=int,
    help="Draw the weights that are missing.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=FILE,
    help="Write the smaller module here, its weights beside it; or, as FILE.zip, a "
    "reproducer. Default: the text to the standard output.",
)
@click.pass_context
def reduce(context: click.Context, **_: object) -> None:
    """Make a module smaller that fails, as long as it fails in the same way.

    FILE is a text, a model, or what `aipu-opt --reproducer` has written.
    """
    from ..runtime.optimising.reducing import reduce as reduce_module
    from ..runtime.optimising.request import Request

    found = reduce_module(Request(**context.params))
    if context.params["output"] is None:
        click.echo(found.text, nl=False)
    click.echo(f"{found.before} operators -> {found.after}: {found.error}", err=True)
