"""Operators that change a tensor in place, and who would notice.

An exported program may say `relu_` or `add_`, which return the tensor that they change.
Here nothing changes: the operator is read as `relu`, its result as a new tensor. That
is the same only if nobody reads the old one later, or another view of it.
"""

from collections.abc import Sequence

from ...errors import UnsupportedError
from .program_node import ProgramNode

VIEWS = frozenset(
    f"aten.{name}"
    for name in [
        "alias",
        "chunk",
        "contiguous",
        "detach",
        "diagonal",
        "dropout",
        "expand",
        "expand_as",
        "feature_dropout",
        "flatten",
        "lift_fresh",
        "movedim",
        "narrow",
        "permute",
        "reshape",
        "reshape_as",
        "select",
        "slice",
        "split",
        "split_with_sizes",
        "squeeze",
        "swapaxes",
        "swapdims",
        "t",
        "tensor_split",
        "to",
        "transpose",
        "type_as",
        "unbind",
        "unflatten",
        "unfold",
        "unsqueeze",
        "view",
        "view_as",
        "_to_copy",
        "_unsafe_view",
    ]
)
"""Operators whose results may share their elements with their first operand."""


def changes_in_place(operator: str) -> bool:
    """Whether an operator is called as one that changes its first operand."""
    return operator.endswith("_") and not operator.endswith("__")


def check_in_place(nodes: Sequence[ProgramNode], outputs: Sequence[str]) -> None:
    """Nobody reads a tensor that was changed since, by another name.

    Raises:
        UnsupportedError: somebody does.
    """
    owner: dict[str, str] = {}
    changed: dict[str, ProgramNode] = {}
    fresh: dict[str, set[str]] = {}

    def check(name: str) -> None:
        root = owner.get(name, name)
        if root in changed and name not in fresh[root]:
            raise UnsupportedError(
                f"it changes a tensor in place that is also read as '{name}'",
                place=changed[root].place,
                remedy="export with .run_decompositions({}), which undoes such changes",
            )

    for node in nodes:
        for name in node.reads:
            check(name)
        in_place = changes_in_place(node.operator)
        if not node.reads or not (in_place or node.operator in VIEWS):
            continue
        root = owner.get(node.reads[0], node.reads[0])
        if in_place:
            changed[root], fresh[root] = node, set()
        for name in node.writes:
            owner[name] = root
            if root in fresh:
                fresh[root].add(name)
    for name in outputs:
        check(name)
