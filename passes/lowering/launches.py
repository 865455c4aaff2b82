"""Pieces of work as launches: what joins the launch before it, and what takes several.

A launch holds `control.program` bytes. Work that is joined begins a launch of its own
where the one before has no room for it; work that has more goes on in another launch.
Groups in stripes that are joined to each other follow without waiting.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ...backend_aipu.launch_size import LaunchSize
from ...backend_aipu.program import Instruction
from ...errors import AipuError
from .striped import StripedWork, following
from .token_table import TokenTable


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


def launched(
    works: Iterable[Work | StripedWork], limit: int, tokens: TokenTable
) -> Iterator[Instruction]:
    """The instructions of works in order, in launches of at most `limit` bytes.

    Raises:
        AipuError: there is work that cannot be cut so small.
    """
    launches = _Launches(limit, tokens)
    for flow in _flows(works):
        if isinstance(flow, Work):
            yield from launches.put(flow)
        while not isinstance(flow, Work) and flow:
            count = launches.most(flow)
            yield from launches.put(launches.flow(flow[:count]))
            flow = flow[count:]


def _flows(
    works: Iterable[Work | StripedWork],
) -> Iterator[Work | Sequence[StripedWork]]:
    """Works in order, those together in stripes that may follow each other."""
    waiting: list[StripedWork] = []
    for work in works:
        striped = isinstance(work, StripedWork)
        if waiting and not (striped and work.joined):
            yield waiting
            waiting = []
        if striped:
            waiting.append(work)
        else:
            yield work
    if waiting:
        yield waiting


@dataclass
class _Launches:
    """The launch that grows."""

    limit: int
    tokens: TokenTable
    launch: LaunchSize | None = None

    def most(self, works: Sequence[StripedWork]) -> int:
        """How many groups can follow each other in a launch, one at least: those that
        come after too many are too many as well.
        """

        def too_many(count: int) -> bool:
            flow = self.flow(works[:count])
            return self._room(flow).with_(_joined(flow)) > self.limit

        fits, high = 1, 2
        while high <= len(works) and not too_many(high):
            fits, high = high, 2 * high
        others = range(fits + 1, min(high, len(works) + 1))
        return fits + bisect(others, False, key=too_many)

    def put(self, work: Work) -> Iterator[Instruction]:
        """A work in the launch that grows, or in others."""
        joined, launch = _joined(work), self.launch
        if launch and self._room(work) is launch and launch.with_(joined) <= self.limit:
            launch.add(joined)
            yield from joined
            return
        launch = self.launch = LaunchSize()
        head = [work.begin("launch")]
        for number, nest in enumerate(work.nests):
            if number and launch.with_(nest) > self.limit:
                launch = self.launch = LaunchSize()
                head = [Instruction("resume", {}, source=work.source)]
            size = launch.add([*head, *nest])
            if size > self.limit:
                raise AipuError(
                    f"a launch holds {self.limit:,} bytes of instructions, and a "
                    f"part of this group that is not cut has {size:,}",
                    place=work.name,
                    remedy="run fewer operators together, or in larger stripes or "
                    "tiles",
                )
            yield from (*head, *nest)
            head = []

    def flow(self, works: Sequence[StripedWork]) -> Work:
        """Groups that follow each other as one work."""
        parts, credits = self.tokens.take(following(works), {})
        first = works[0]
        return Work(first.name, first.source, credits, first.joined, parts)

    def _room(self, work: Work) -> LaunchSize:
        """The launch that a work may join, or else a new one."""
        return self.launch if self.launch and work.joined else LaunchSize()


def _joined(work: Work) -> list[Instruction]:
    return [work.begin("join"), *chain(*work.nests)]
