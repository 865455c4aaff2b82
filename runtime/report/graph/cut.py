"""The graph of a network that would be cut: operators by side, in their segments."""

from collections.abc import Iterator

from ...inspecting.cutting import Cut, CutSegment, PlacedOperator
from ..speed import milliseconds
from .colours import by_amount, by_side
from .network import INPUT
from .picture import Picture, Told, picture_of
from .shapes import Enclosure


def cut_picture(cut: Cut) -> Picture:
    """All operators and the inputs that they read, coloured by side first."""
    made = {each.name for each in cut.operators}
    read = dict.fromkeys(name for each in cut.operators for name in each.reads)
    inputs = [name for name in read if name not in made]
    first = len(inputs)
    number = {name: place for place, name in enumerate(inputs)}
    number |= {each.name: first + n for n, each in enumerate(cut.operators)}
    operators = dict(enumerate(cut.operators, first))
    return picture_of(
        "graph",
        [
            *(Told(name, INPUT, ("end",)) for name in inputs),
            *(_told(each) for each in cut.operators),
        ],
        [
            *range(first),
            *(
                Enclosure(
                    _heading(segment),
                    [
                        n
                        for n, each in operators.items()
                        if each.segment == segment.name
                    ],
                )
                for segment in cut.segments
                if segment.operators
            ),
        ],
        [(number[name], n) for n, each in operators.items() for name in each.reads],
        [
            by_side({n: each.place for n, each in operators.items()}),
            by_amount(
                "machine",
                "time on the machine",
                {
                    n: each.machine_ms
                    for n, each in operators.items()
                    if each.machine_ms is not None
                },
                milliseconds,
            ),
            by_amount(
                "host",
                "time on the host",
                {n: each.host_ms for n, each in operators.items()},
                milliseconds,
            ),
        ],
    )


def _heading(segment: CutSegment) -> str:
    number = segment.name.removeprefix("segment_")
    return f"{number}: {segment.place}, {milliseconds(segment.ms)}"


def _told(operator: PlacedOperator) -> Told:
    shape = "x".join(map(str, operator.shape))
    kind = f"{operator.op} {shape}"
    return Told(operator.name, kind, (operator.place,), list(_facts(operator, shape)))


def _facts(operator: PlacedOperator, shape: str) -> Iterator[tuple[str, str]]:
    yield "makes", shape
    yield "reads", ", ".join(operator.reads)
    yield "runs on", operator.place
    yield "because", operator.reason
    yield "on the machine", milliseconds(operator.machine_ms)
    yield "on the host", milliseconds(operator.host_ms)
    if operator.crossing_ms:
        yield "to pass over", milliseconds(operator.crossing_ms)
