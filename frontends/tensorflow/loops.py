"""While loops found in a graph: its nodes as steps, of which some are loops.

TensorFlow 1 spreads a loop over a frame of nodes: Enter brings a value in, Merge takes
it from there or from NextIteration, LoopCond says whether another turn follows, Switch
sends the value into the turn or to Exit, which takes it out.
Source: Yu et al., Dynamic Control Flow in Large-Scale Machine Learning, 2018.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ...errors import AipuError
from ..ordering import in_order
from .graph_def import NodeDef, Reference

Path = tuple[str, ...]
"""The loops that a node lies in, outermost first."""


MOST_DEEP = 16
"""Loops within each other."""


@dataclass(frozen=True)
class Loop:
    """A while loop.

    enters: what comes in from outside.
    merges: its variables; the value of each comes from an Enter, then from the turn.
    condition: what `predicate` depends on; the body is the rest of a turn.
    """

    name: str
    enters: Sequence[NodeDef]
    merges: Sequence[NodeDef]
    condition: "Sequence[Step]"
    predicate: NodeDef
    body: "Sequence[Step]"


Step = NodeDef | Loop
"""What is computed at once: a node, or a loop with all its turns."""


def structured(nodes: Mapping[str, NodeDef], cuts: Collection[Reference]) -> list[Step]:
    """The nodes as steps, each after those that it reads.

    Args:
        nodes: of a graph, in the order of the file.
        cuts: outputs that are known from elsewhere.

    Raises:
        AipuError: the graph has a cycle that is no loop, or a loop is not whole.
    """
    return _Frames(nodes, cuts).steps(())


class _Frames:
    """Which loop every node lies in."""

    def __init__(self, nodes: Mapping[str, NodeDef], cuts: Collection[Reference]):
        self.nodes = nodes
        self.cuts = cuts
        self.numbers = {name: number for number, name in enumerate(nodes)}
        self.names = dict(enumerate(nodes))
        self.paths: dict[str, Path] = {}
        before = {
            self.numbers[name]: [self.numbers[each] for each in self.sources(node)]
            for name, node in nodes.items()
        }
        self.order = [self.names[number] for number in in_order(before, self.names)]
        self.parents: dict[str, Path] = {}
        self.settle()

    def sources(self, node: NodeDef) -> list[str]:
        """The nodes that must be computed before, in this turn of a loop."""
        read = (source.node for source in node.inputs if source not in self.cuts)
        known = [name for name in read if name in self.nodes]
        if node.operator != "Merge":
            return known
        return [name for name in known if not self.is_next(name)]

    def is_next(self, name: str) -> bool:
        return self.nodes[name].operator == "NextIteration"

    def settle(self) -> None:
        """Find the paths of all nodes.

        A constant of an outer loop enters an inner one without a sign of where it is
        from, so a loop lies where most deeply something enters it.

        Raises:
            AipuError: a node reads from two loops, or the graph is cut within one.
        """
        while True:
            for name in self.order:
                self.paths[name] = self.path(self.nodes[name])
            found: dict[str, Path] = {}
            for name in self.order:
                if self.nodes[name].operator == "Enter":
                    *parent, frame = self.paths[name]
                    found[frame] = max(found.get(frame, ()), tuple(parent), key=len)
            if found == self.parents:
                break
            self.parents = found
        for name in self.order:
            self.check(self.nodes[name])

    def path(self, node: NodeDef) -> Path:
        """The innermost loop of what a node reads, or the one that it enters or leaves.

        Raises:
            AipuError: loops lie in each other too deeply.
        """
        deepest = self.deepest(node)
        if len(deepest) > MOST_DEEP:
            raise AipuError(
                f"loops within loops, more than {MOST_DEEP}", place=node.place
            )
        if node.operator == "Enter":
            frame = node.attributes.get("frame_name")
            name = frame.decode(errors="replace") if isinstance(frame, bytes) else ""
            return (*max(deepest, self.parents.get(name, ()), key=len), name)
        return deepest[:-1] if node.operator == "Exit" else deepest

    def deepest(self, node: NodeDef) -> Path:
        return max(
            (self.paths[name] for name in self.sources(node)), key=len, default=()
        )

    def check(self, node: NodeDef) -> None:
        """A node reads from one loop and those around it."""
        deepest = self.deepest(node)
        read = [self.paths[name] for name in self.sources(node)]
        if any(deepest[: len(path)] != path for path in read):
            raise AipuError("it reads from two loops", place=node.place)
        if node.operator in ("Exit", "NextIteration") and not deepest:
            raise AipuError("the graph is cut within this loop", place=node.place)

    def steps(self, path: Path) -> list[Step]:
        """What lies directly in the loop `path`; all of the graph for ()."""
        return [self.step(path, unit) for unit in self.units(path)]

    def step(self, path: Path, unit: str | Path) -> Step:
        return self.nodes[unit] if isinstance(unit, str) else self.loop(unit)

    def loop(self, path: Path) -> Loop:
        """A loop with what lies in it.

        Raises:
            AipuError: it has not the nodes that a loop needs.
        """
        units = self.units(path)
        own = [self.nodes[unit] for unit in units if isinstance(unit, str)]
        predicates = [node for node in own if node.operator == "LoopCond"]
        if len(predicates) != 1:
            raise AipuError(
                f"a loop of {len(predicates)} conditions, expected one",
                place=f"loop '{path[-1]}'",
            )
        enters = [node for node in own if node.operator == "Enter"]
        merges = [
            node
            for node in own
            if node.operator == "Merge"
            and any(s.node in self.nodes and self.is_next(s.node) for s in node.inputs)
        ]
        variables = {node.name for node in (*enters, *merges)}
        condition = self.needed(path, predicates[0].name)
        rest = [unit for unit in units if unit not in variables]
        return Loop(
            path[-1],
            enters,
            merges,
            [self.step(path, unit) for unit in rest if unit in condition],
            predicates[0],
            [self.step(path, unit) for unit in rest if unit not in condition],
        )

    def units(self, path: Path) -> list[str | Path]:
        """The nodes and the loops directly in `path`, in order."""
        members = self.members(path)
        units = list(dict.fromkeys(self.unit(path, name) for name in members))
        numbers = {unit: number for number, unit in enumerate(units)}
        before: dict[int, set[int]] = {number: set() for number in numbers.values()}
        for name in members:
            unit = self.unit(path, name)
            for source in self.sources(self.nodes[name]):
                if self.within(path, source) and self.unit(path, source) != unit:
                    before[numbers[unit]].add(numbers[self.unit(path, source)])
        names = {
            number: unit if isinstance(unit, str) else f"loop {unit[-1]}"
            for unit, number in numbers.items()
        }
        return [units[number] for number in in_order(before, names)]

    def needed(self, path: Path, end: str) -> set[str | Path]:
        """The units directly in `path` that a node depends on, and itself."""
        found: set[str | Path] = set()
        waiting = [end]
        while waiting:
            name = waiting.pop()
            unit = self.unit(path, name)
            if unit in found:
                continue
            found.add(unit)
            inside = [name] if isinstance(unit, str) else self.members(unit)
            read = [
                source for each in inside for source in self.sources(self.nodes[each])
            ]
            waiting += [source for source in read if self.within(path, source)]
        return found

    def members(self, path: Path) -> list[str]:
        return [name for name in self.order if self.within(path, name)]

    def within(self, path: Path, name: str) -> bool:
        return self.paths[name][: len(path)] == path

    def unit(self, path: Path, name: str) -> str | Path:
        """The node itself, or the loop in `path` that it lies in."""
        own = self.paths[name]
        return name if own == path else own[: len(path) + 1]
