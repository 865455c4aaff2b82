"""The part of a network that is wanted: the nodes between its inputs and outputs."""

from collections.abc import Collection, Iterable, Sequence

from ..errors import AipuError, nearest
from .conversion import AnyWired, Wired


def between(
    nodes: Sequence[AnyWired],
    given: Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    ends: Sequence[str],
    constants: Collection[str] = (),
) -> tuple[list[AnyWired], list[str]]:
    """The nodes that the outputs depend on, in order, and the inputs that they need.

    Args:
        nodes: each after those that it reads; a tensor is written once.
        given: the inputs of the file.
        inputs: tensors to cut the network at; none for those of the file.
        outputs: tensors to cut the network at; none for those of the file.
        ends: either of them.
        constants: what is there besides.

    Raises:
        AipuError: the cuts do not fit.
    """
    starts = list(dict.fromkeys(inputs or given))
    sources = {*starts, *constants}
    used = set(ends)
    needed: list[AnyWired] = []
    for node in reversed(nodes):
        if used.intersection(node.writes) - sources:
            needed.append(node)
            used.update(node.reads)
    for name in inputs:
        if name not in used:
            raise AipuError(f"the outputs do not depend on '{name}'")
    for name in given:
        if name in used and name not in sources:
            raise AipuError(
                f"the outputs also depend on the input '{name}'",
                remedy=f"name it among the inputs: --input {name}",
            )
    return needed[::-1], [name for name in starts if name in used or not outputs]


def check_order(
    nodes: Iterable[Wired], sources: Collection[str], cuts: Collection[str] = ()
) -> set[str]:
    """Each node must come after those that it reads; all tensors that are there then.

    Args:
        nodes: in their order.
        sources: tensors that are there before.
        cuts: others that are, which a node may still write.

    Raises:
        AipuError: a tensor is written twice, or read before it is written.
    """
    written, there = set(sources), {*sources, *cuts}
    for node in nodes:
        for name in node.reads:
            if name not in there:
                raise AipuError(
                    f"it reads '{name}', which nothing before it writes",
                    place=node.place,
                    remedy=nearest(name, there),
                )
        for name in node.writes:
            if name in written:
                raise AipuError(f"the tensor '{name}' is written twice")
            written.add(name)
        there.update(node.writes)
    return there
