"""What a model has that is not supported, all of it at once, and where to cut it off.

A frontend tells of every node in order, what it reads and what it writes. A cut lies
where a node that is refused reads what one that is not has computed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from shlex import quote

from ..errors import UnsupportedError

UNKNOWN = "the operator is not supported"
"""Said of a node that no converter is for."""

OWN_GRAPH = "it runs a graph of its own, and the network must be one straight graph"

OWN = "convert it in a file of yours: `aipu new operator NAME` begins one"


@dataclass(frozen=True)
class Refusal:
    """A node that is not supported.

    seams: the computed tensors that it reads; writes: the tensors that it writes.
    """

    error: UnsupportedError
    seams: Sequence[str]
    writes: Sequence[str]


class Refusals:
    """The nodes that were refused, in order, and what depends on none of them."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []
        self.computed: set[str] = set()
        self.lost: set[str] = set()
        self.read: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.found)

    def passed(
        self, reads: Iterable[str], writes: Iterable[str], computed: Iterable[str]
    ) -> None:
        """A node that is supported; some of what it writes may be constant."""
        reads = set(reads)
        self.read |= reads
        if self.lost.isdisjoint(reads):
            self.computed.update(computed)
        else:
            self.lost.update(writes)

    def refuse(
        self, error: UnsupportedError, reads: Iterable[str], writes: Sequence[str]
    ) -> None:
        """A node that is not."""
        seams = [name for name in dict.fromkeys(reads) if name in self.computed]
        self.found.append(Refusal(error, seams, writes))
        self.lost.update(writes)

    def error(
        self, outputs: Iterable[str], places: Collection[str] | None = None
    ) -> UnsupportedError:
        """All of them in one message.

        Args:
            outputs: of the model, by the names that a user cuts at.
            places: those that matter; None for all.
        """
        kept = [
            each for each in self.found if places is None or each.error.place in places
        ]
        count = "1 node is" if len(kept) == 1 else f"{len(kept)} nodes are"
        lines = [f"\n    {each.error.place}: {each.error.message}" for each in kept]
        remedies = [each.error.remedy for each in kept]
        without = [each for each in kept if not each.error.remedy]
        if without:
            remedies.append(self.cut(outputs, without))
        if any(each.error.message == UNKNOWN for each in kept):
            remedies.append(f"or {OWN}" if any(remedies) else OWN)
        return UnsupportedError(
            f"{count} not supported:{''.join(lines)}",
            remedy="\n  ".join(filter(None, dict.fromkeys(remedies))),
        )

    def cut(self, outputs: Iterable[str], refused: Sequence[Refusal]) -> str:
        """The options that leave the refused nodes out; empty if all depends on them.

        Behind them where they begin the network: what they write becomes an input.
        """
        seams = [name for each in refused for name in each.seams]
        sound = [name for name in outputs if name in self.computed]
        if names := list(dict.fromkeys([*sound, *seams])):
            return f"cut the graph before them: {options('--output', names)}"
        writes = [name for each in refused for name in each.writes]
        if names := [name for name in writes if name in self.read]:
            return f"cut the graph behind them: {options('--input', names)}"
        return ""


def options(option: str, names: Sequence[str]) -> str:
    """`--output a --output 'b c'`."""
    return " ".join(f"{option} {quote(name)}" for name in names)
