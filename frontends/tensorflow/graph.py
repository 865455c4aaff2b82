"""The part of a graph that is wanted: from the inputs to the outputs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ...errors import AipuError, nearest
from ..cut_names import UnknownNameError
from .graph_def import NodeDef, Reference, reference

PLACEHOLDER = "Placeholder"
DEFAULTED = "PlaceholderWithDefault"
SILENT = {
    "Assert",
    "Const",
    "NoOp",
    PLACEHOLDER,
    DEFAULTED,
}
"""Operators that nobody means as an output, though nobody reads them."""


@dataclass(frozen=True)
class Graph:
    """The nodes between `inputs` and `outputs`, in the order of the file.

    The outputs may be a guess: what no node reads.
    """

    nodes: Mapping[str, NodeDef]
    inputs: Sequence[Reference]
    outputs: Sequence[Reference]
    guessed: bool


def select(
    nodes: Mapping[str, NodeDef],
    inputs: Sequence[str],
    outputs: Sequence[str],
    doors: Collection[Reference] = (),
) -> Graph:
    """The part of a graph that computes `outputs` from `inputs`, tensors by name.

    Args:
        nodes: the whole graph, by name.
        inputs: where it is cut; default: its placeholders.
        outputs: default: what no node reads.
        doors: where it is cut too, but only if something on the way leads there.

    Raises:
        AipuError: a name is unknown, or the part depends on more than `inputs`.
    """
    given = [_known(nodes, name) for name in dict.fromkeys(inputs)]
    ends = [_known(nodes, name) for name in outputs] or _unread(nodes)
    if not ends:
        raise AipuError("the graph has no outputs")
    needed, used = _needed(nodes, ends, {*given, *doors})
    for cut in given:
        if cut not in used:
            raise AipuError(f"the outputs do not depend on '{cut}'")
    starts = given + [door for door in doors if door in used and door not in given]
    placeholders = [node for node in needed.values() if node.operator == PLACEHOLDER]
    if given and placeholders:
        name = placeholders[0].name
        raise AipuError(
            f"the outputs also depend on the input '{name}'",
            remedy=f"name it among the inputs: --input {name}",
        )
    starts += [Reference(node.name) for node in placeholders]
    if not starts:
        defaulted = [node for node in needed.values() if node.operator == DEFAULTED]
        starts = [Reference(node.name) for node in defaulted]
    kept = {
        name: node for name, node in needed.items() if Reference(name) not in starts
    }
    return Graph(kept, starts, ends, guessed=not outputs)


def _known(nodes: Mapping[str, NodeDef], name: str) -> Reference:
    """The output of a node that a name means: `Mfcc` or `Mfcc:0`."""
    found = reference(name)
    if found.node not in nodes:
        raise UnknownNameError(name, nodes)
    return found


def _unread(nodes: Mapping[str, NodeDef]) -> list[Reference]:
    read = {source.node for node in nodes.values() for source in node.inputs}
    return [
        Reference(node.name)
        for node in nodes.values()
        if node.name not in read and node.operator not in SILENT
    ]


def _needed(
    nodes: Mapping[str, NodeDef],
    ends: Sequence[Reference],
    cuts: Collection[Reference],
) -> tuple[dict[str, NodeDef], set[Reference]]:
    """The nodes that `ends` depend on up to `cuts`, and all that is read."""
    needed: set[str] = set()
    used: set[Reference] = set()
    waiting = list(ends)
    while waiting:
        source = waiting.pop()
        if source in used:
            continue
        used.add(source)
        if source in cuts or source.node in needed:
            continue
        needed.add(source.node)
        node = nodes[source.node]
        for read in node.inputs:
            if read.node not in nodes:
                raise AipuError(
                    f"it reads '{read}', which nothing writes",
                    place=node.place,
                    remedy=nearest(read.node, nodes),
                )
        waiting.extend(node.inputs)
    return {name: node for name, node in nodes.items() if name in needed}, used
