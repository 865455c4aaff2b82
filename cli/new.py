"""`aipu new`: the start of an extension, with its test."""

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  aipu new pass cap-relu
  aipu new operator cube
  aipu new operator acme.swirl
""",
)
@click.argument(
    "kind", metavar="pass|operator", type=click.Choice(["pass", "operator"])
)
@click.argument("name", metavar="NAME")
def new(kind: str, name: str) -> None:
    """Write the start of a pass or an operator of your own, with its test.

    Both are files in the current folder, and run as they are.
    """
    from ..extend.starts import write_start

    for path in write_start(kind, name, Path()):
        click.echo(f"wrote {path}")
