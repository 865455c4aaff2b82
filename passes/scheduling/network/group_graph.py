"""What a scheduler decides on: the graph of groups, without any IR."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ....dialects.tile import GroupSchedule, Schedule
from ..striped.graph import Graph
from ..striped.held import Held
from ..striped.kept import Kept
from ..striped.segment import Member, Neighbours, as_kept, segment
from ..tiled.cost import Cost
from ..tiled.group import Group
from .switches import allowed

Schedules = Mapping[str, GroupSchedule] | Mapping[str | tuple[str, ...], Schedule]
"""The schedule of each group, by its name or by the names of all that run as one."""

Measure = Callable[[Schedules], Cost]


@dataclass(frozen=True)
class GroupGraph:
    """The groups of a network in order.

    `links` are the groups once more, and what they read of each other. `measure` is
    what the simulator says that schedules cost, where there is one to ask; `without`
    the ideas that they leave out.
    """

    groups: Sequence[Group]
    links: Sequence[Member]
    measure: Measure | None = field(default=None, repr=False, compare=False)
    without: tuple[str, ...] = field(default=(), repr=False)

    def together(
        self,
        start: int,
        end: int,
        on_chip: Mapping[str, Kept] = {},
        keeps: Kept | None = None,
        held: tuple[Held, ...] = (),
    ) -> Graph | None:
        """Groups `start` to `end` as one; None where they cannot run in stripes.

        Maps of others may be `on_chip`, by their names; `keeps` is how the result stays
        there; weights are `held`.
        """
        if (start, end) not in self._segments:
            links = self.links[start:end]
            can_be = links and allowed(links, self.without)
            found = segment(links, self.readers) if can_be else None
            self._segments[start, end] = found
        found = self._segments[start, end]
        return found and found.graph(on_chip, keeps, held)

    def stays(self, number: int) -> tuple[Kept, int] | None:
        """How the result of a group can stay on chip, and the last group to read it."""
        if "keep" in self.without:
            return None
        link = self.links[number]
        readers = [self.place[name] for name in self.readers[link.name]]
        found = as_kept(link, [self.links[reader] for reader in readers])
        return (found, max(readers)) if found else None

    @cached_property
    def _segments(self) -> dict[tuple[int, int], Neighbours | None]:
        """Groups that were asked for together, from the first of them to the last."""
        return {}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The number of each group, by its name."""
        return {link.name: number for number, link in enumerate(self.links)}

    @cached_property
    def alike(self) -> Sequence[int]:
        """A number of each group: the same of those that do the same, and that read,
        and are read by, groups as far away. Runs of groups whose numbers are the same
        have the same graph.
        """
        found: dict[Hashable, int] = {}
        return [
            found.setdefault(self._likeness(number), len(found))
            for number in range(len(self.links))
        ]

    def _likeness(self, number: int) -> Hashable:
        link = self.links[number]
        return (
            replace(link.stage, name=""),
            tuple(self._how_far(number, name) for name in link.reads),
            link.directly,
            link.map,
            link.maps,
            link.leaves,
            tuple(number - self.place[name] for name in link.apart),
            tuple(self.place[name] - number for name in self.readers[link.name]),
        )

    def _how_far(self, number: int, name: str) -> Hashable:
        """How far before a group that stands which makes what it reads; of what none of
        them makes, its name if others read it.
        """
        if name in self.place:
            return number - self.place[name]
        return name if self._reads[name] > 1 else ""

    @cached_property
    def _reads(self) -> Mapping[str, int]:
        """How many groups read each tensor."""
        return Counter(name for link in self.links for name in {*link.reads})

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """Which groups read the result of each."""
        found: dict[str, list[str]] = {link.name: [] for link in self.links}
        for link in self.links:
            for name in dict.fromkeys(link.reads):
                if name in found:
                    found[name].append(link.name)
        return found
