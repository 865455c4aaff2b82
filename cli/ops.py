"""`aipu ops`: what models may use, and where it runs."""

import click

from .arguments import AS_JSON, extensible


@click.command(
    epilog="""\b
Examples:
  aipu ops
  aipu ops onnx tflite
""",
)
@click.argument("formats", metavar="[FORMAT]...", nargs=-1)
@AS_JSON
@extensible
def ops(formats: tuple[str, ...], as_json: bool) -> None:
    """Show the operators that models may use, and where they run.

    Without a FORMAT: those of the `nn` dialect, which all others become.
    """
    from ..runtime.inspecting.operator_support import nn_operators, operators_of_format
    from ..runtime.report.terminal.console import show, show_json
    from ..runtime.report.terminal.operators import nn_table, source_table

    found = {name: operators_of_format(name) for name in formats}
    if as_json:
        show_json(found or nn_operators())
    elif found:
        show(*(source_table(name, rows) for name, rows in found.items()))
    else:
        show(nn_table(nn_operators()))
