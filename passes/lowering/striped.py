"""Striped groups as instructions: those that follow each other share tokens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...backend_aipu.fields import ExtentField, IndexField
from ...backend_aipu.isa import BY_MNEMONIC, complete
from ...backend_aipu.program import Instruction, Reference, Value
from ...dialects.aipu import Extent, Index, index, whole
from ..machine_forms.numbers import Numbers
from ..scheduling.striped.graph import Graph
from ..scheduling.striped.program.actions import (
    Action,
    At,
    Corner,
    Portion,
    Repeats,
    actions_of,
)
from ..scheduling.striped.program.roll import Moving, Node, Rolled, roll
from ..scheduling.striped.program.synchronise import synchronise
from .feature_maps import InDram

COUNTERS = ("stripe", "tile", "depth", "image", "part")

DRAM = 1 << 48
"""Where addresses of feature maps in DRAM begin, if those on chip begin at 0."""


@dataclass(frozen=True)
class StripedNames:
    """The program's names of the buffers on chip and of the tensors in DRAM; the rest
    of the fields of each operator's instructions, and the node that each comes from.
    """

    homes: Mapping[str, str]
    tensors: Mapping[str, InDram]
    numbers: Sequence[Numbers]
    sources: Sequence[str]


@dataclass(frozen=True)
class StripedWork:
    """A group as actions; `joined` if it runs in the launch of the one before."""

    name: str
    source: str
    joined: bool
    parts: tuple[Action | Repeats, ...]
    names: StripedNames

    @property
    def actions(self) -> Iterator[Action]:
        """All of them, in order."""
        return actions_of(self.parts)

    def place(self, addresses: Mapping[str, int]) -> None:
        """Let every action say what it touches of the feature maps in DRAM as well,
        whose addresses are given by their names in the program.
        """
        for action in self.actions:
            if action.moved is not None:
                tensor = self.names.tensors[action.dram]
                base = DRAM + addresses[tensor.buffer] + tensor.byte
                start, end = action.moved
                touched = ((base + start, base + end),)
                if action.mnemonic == "dma.load":
                    action.reads += touched
                else:
                    action.writes += touched


def following(works: Sequence[StripedWork]) -> list[list[Instruction]]:
    """The instructions of groups that follow each other, in parts that loops hold
    together; each group but the first begins with a `follow`.
    """
    synchronise([action for work in works for action in work.actions])
    found: list[list[Instruction]] = []
    for number, work in enumerate(works):
        if number:
            fields = {"work": work.name}
            found.append([Instruction("follow", fields, source=work.source)])
        found += [list(emit_stripes([node], work.names)) for node in roll(work.parts)]
    return found


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
            case Portion():
                fields[name] = Extent(value.size, value.total, _index(next(moving)))
            case int() if isinstance(kinds[name], ExtentField):
                fields[name] = whole(value)
            case _:
                fields[name] = value
    if action.dram:
        tensor = names.tensors[action.dram]
        fields["dram"] = Reference(tensor.buffer, byte=Index(tensor.byte))
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
