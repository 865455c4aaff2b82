"""How far integers are from reals, as a table: outputs, and the worst layers."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from ...accuracy import Accuracy
from ..quantities import decimals, percent
from .tables import DIM, spaced, table


def accuracy_tables(accuracy: Accuracy) -> Iterator[RenderableType]:
    """Every output, then the layers that lose most."""
    samples = f"{accuracy.samples} sample{'s' * (accuracy.samples != 1)}"
    result = table("int8 against float", ">SQNR dB", ">cosine", ">same class", "")
    for number, output in enumerate(accuracy.outputs):
        result.add_row(
            output.name,
            "exact" if output.sqnr_db is None else f"{output.sqnr_db:.1f}",
            decimals(output.cosine, 4),
            "" if output.best_class is None else percent(output.best_class),
            Text("" if number else f"on {samples}", DIM),
        )
    yield spaced(result)
    if accuracy.worst_layers:
        yield Text(f"worst layers: {worst_layers(accuracy)}", DIM)


def worst_layers(accuracy: Accuracy) -> str:
    """`conv1 12.1 dB, conv2 14.7 dB`."""
    return ", ".join(
        f"{each.name} {'exact' if each.sqnr_db is None else f'{each.sqnr_db:.1f} dB'}"
        for each in accuracy.worst_layers
    )
