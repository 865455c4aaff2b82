"""A striped group as instructions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...backend_aipu.fields import ExtentField, IndexField
from ...backend_aipu.isa import BY_MNEMONIC, complete
from ...backend_aipu.program import Instruction, Reference, Value
from ...dialects.aipu import Index, index, whole
from ..machine_forms.numbers import Numbers
from ..scheduling.striped.actions import At, Corner
from ..scheduling.striped.graph import Graph
from ..scheduling.striped.roll import Moving, Node, Rolled

COUNTERS = ("stripe", "tile")


@dataclass(frozen=True)
class StripedNames:
    """The program's names of the buffers on chip and of the tensors in DRAM; the rest
    of the fields of each operator's instructions, and the node that each comes from.
    """

    homes: Mapping[str, str]
    tensors: Mapping[str, str]
    numbers: Sequence[Numbers]
    sources: Sequence[str]


def emit_stripes(
    nodes: Sequence[Node], names: StripedNames, depth: int = 0
) -> Iterator[Instruction]:
    """The instructions of a plan, in loops `depth` deep."""
    for node in nodes:
        if isinstance(node, Rolled):
            yield _instruction(node, names)
            continue
        source = names.sources[-1]
        fields = {"counter": COUNTERS[depth], "count": node.count}
        yield Instruction("loop", fields, source=source)
        yield from emit_stripes(node.body, names, depth + 1)
        yield Instruction("end", source=source)


def _instruction(node: Rolled, names: StripedNames) -> Instruction:
    action = node.action
    kinds = {field.name: field for field in BY_MNEMONIC[action.mnemonic].fields}
    moving = iter(node.numbers)
    fields: dict[str, Value] = {}
    for name, value in action.fields.items():
        match value:
            case At():
                slot, byte = next(moving), next(moving)
                fields[name] = Reference(
                    names.homes[value.buffer], _index(slot), _index(byte)
                )
            case Corner():
                places = tuple(_index(next(moving)) for _ in value.numbers)
                single = isinstance(kinds[name], IndexField)
                fields[name] = places[0] if single else places
            case int() if isinstance(kinds[name], ExtentField):
                fields[name] = whole(value)
            case _:
                fields[name] = value
    if action.dram:
        fields["dram"] = Reference(names.tensors[action.dram])
    elif action.numbers:
        fields |= names.numbers[action.operator].fields
    return Instruction(
        action.mnemonic,
        complete(action.mnemonic, fields),
        action.wait,
        action.signal,
        names.sources[action.operator],
    )


def _index(number: Moving) -> Index:
    return index(number.base, number.strides)


def fills_of(graph: Graph, numbers: Sequence[Numbers]) -> list[int]:
    """What the padding of each tensor holds: as those say that read it with padding."""
    return [
        next(
            (
                numbers[n].fill
                for n in graph.readers[tensor]
                if any(graph.operators[n].stage.window.pad)
            ),
            0,
        )
        for tensor in range(len(graph.maps))
    ]
