"""Pieces of work as launches: what joins the launch before it, and what takes several.

A launch holds `control.program` bytes. Work that is joined begins a launch of its own
where the one before has no room for it; work that has more goes on in another launch.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ...backend_aipu.launch_size import LaunchSize
from ...backend_aipu.program import Instruction
from ...errors import AipuError


@dataclass(frozen=True)
class Work:
    """The instructions of a group, nest by nest; `credits` are the counts of tokens."""

    name: str
    source: str
    credits: tuple[int, ...]
    joined: bool
    nests: Sequence[Sequence[Instruction]]

    def begin(self, mnemonic: str) -> Instruction:
        """What begins the work: a `launch` or a `join`."""
        fields = {"work": self.name, "credits": self.credits}
        return Instruction(mnemonic, fields, source=self.source)


def launched(works: Iterable[Work], limit: int) -> Iterator[Instruction]:
    """The instructions of works in order, in launches of at most `limit` bytes.

    Raises:
        AipuError: there is work that cannot be cut so small.
    """
    launch: LaunchSize | None = None
    for work in works:
        joined = [work.begin("join"), *chain(*work.nests)]
        if launch and work.joined and launch.with_(joined) <= limit:
            launch.add(joined)
            yield from joined
            continue
        launch = LaunchSize()
        head = [work.begin("launch")]
        for number, nest in enumerate(work.nests):
            if number and launch.with_(nest) > limit:
                launch = LaunchSize()
                head = [Instruction("resume", {}, source=work.source)]
            size = launch.add([*head, *nest])
            if size > limit:
                raise AipuError(
                    f"a launch holds {limit:,} bytes of instructions, and a part of "
                    f"this group that is not cut has {size:,}",
                    place=work.name,
                    remedy="run fewer operators together, or in larger stripes or "
                    "tiles",
                )
            yield from (*head, *nest)
            head = []
