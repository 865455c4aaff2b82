"""The graph of a package: every operator with what it takes and how it is written."""

from collections.abc import Iterator, Mapping, Sequence

from ....passes.authoring.places import MACHINE
from ...building.levels import AIPU, QUANTISED, TILE
from ...figures.figures import HostOperator, Layer, Piece
from ..findings import Findings
from ..looks import CAUSES
from ..noise import noise
from ..quantities import count, decimals, percent, quantity
from ..speed import milliseconds
from .colours import Colouring, by_amount, by_noise, by_side
from .excerpts import excerpts
from .frames import frames
from .network import Node, nodes_of
from .picture import Picture, Told, picture_of

LEVELS = {"nn": QUANTISED, "tile": TILE, "aipu": AIPU}
"""The files that an operator's text is from, by the names of their dialects."""


def built_picture(findings: Findings, key: str = "graph") -> Picture:
    """The graph of a package, coloured by cycles first."""
    known = Known(findings)
    told = [known.told(node) for node in known.nodes]
    return known.picture(key, told, list(known.colourings()))


class Known:
    """What is known of the operators of a package: `nodes`, and of each by its name."""

    def __init__(self, findings: Findings):
        figures = findings.figures
        self.figures = figures
        self.nodes = nodes_of(findings.levels[TILE])
        self.machine: Mapping[str, tuple[Layer, Piece]] = {
            piece.name: (layer, piece)
            for layer in figures.layers
            for piece in layer.operators
        }
        self.host: Mapping[str, HostOperator] = {
            each.name: each for each in figures.host.operators
        }
        self.noise = noise(findings)
        self.texts = {
            name: excerpts(findings.levels.text(level))
            for name, level in LEVELS.items()
        }

    def piece(self, node: Node) -> Piece | None:
        """What a node takes on the machine."""
        if node.group is None or node.name not in self.machine:
            return None
        return self.machine[node.name][1]

    def picture(
        self, key: str, told: Sequence[Told], colourings: Sequence[Colouring]
    ) -> Picture:
        """The graph, with what is told of its nodes, and what colours stand for."""
        edges = [(maker, node.number) for node in self.nodes for maker in node.reads]
        items = frames(self.nodes, self.figures.layers)
        return picture_of(key, told, items, edges, colourings)

    def colourings(self) -> Iterator[Colouring]:
        """What colours can stand for."""
        nodes = self.nodes
        pieces = {node.number: self.piece(node) for node in nodes}
        cycles = {n: float(each.cycles) for n, each in pieces.items() if each}
        moved = {n: float(each.dram_bytes) for n, each in pieces.items() if each}
        yield by_amount("cycles", "cycles", cycles, lambda n: quantity(n, ""))
        yield by_amount("bytes", "DRAM bytes", moved, lambda n: quantity(n, "B"))
        if self.noise:
            measured = [node for node in nodes if node.name in self.noise]
            yield by_noise({n.number: self.noise[n.name].sqnr_db for n in measured})
        yield by_side({node.number: node.place for node in nodes if node.is_operator})

    def told(self, node: Node) -> Told:
        """What is said of a node."""
        if not node.is_operator:
            return Told(node.name, f"{node.op} {node.shape}", ("end",))
        piece = self.piece(node)
        kind = f"{node.op} {piece.kernel}".strip() if piece else node.op
        return Told(
            node.name,
            f"{kind} {node.shape}",
            (node.place,),
            [*self._facts(node), *self._noise_of(node)],
            [
                (level, texts[node.name])
                for level, texts in self.texts.items()
                if node.name in texts
            ],
        )

    def _facts(self, node: Node) -> Iterator[tuple[str, str]]:
        yield "makes", node.shape
        piece = self.piece(node)
        if piece is None:
            yield from self._without_figures(node)
            return
        layer = self.machine[node.name][0]
        yield "runs in", f"launch {layer.launch}, group {layer.name}"
        yield "schedule", node.schedule
        share = percent(piece.cycles / self.figures.cycles)
        yield "cycles", f"{count(piece.cycles)}, {share} of all"
        for cause, cycles in piece.cycles_by_cause.items():
            if cycles:
                yield f"  {CAUSES[cause].name}", count(cycles)
        if piece.macs:
            yield (
                "MACs",
                f"{quantity(piece.macs, '')}, {percent(piece.utilisation)} used",
            )
        yield "DRAM traffic", quantity(piece.dram_bytes, "B")
        yield "SRAM traffic", quantity(piece.sram_bytes, "B")
        yield "energy", quantity(piece.energy_uj / 1e6, "J")
        yield "bound by", piece.bound_by

    def _noise_of(self, node: Node) -> Iterator[tuple[str, str]]:
        """How far its integers are from reals, if that was measured."""
        if node.name in self.noise:
            found = self.noise[node.name]
            shown = "exact" if found.sqnr_db is None else f"{found.sqnr_db:.1f} dB"
            yield "SQNR", f"{shown}, cosine {decimals(found.cosine, 5)}"

    def _without_figures(self, node: Node) -> Iterator[tuple[str, str]]:
        if node.place == MACHINE:
            yield "takes", "nothing: it is another name of what it reads"
            return
        yield "runs on", node.place
        if node.reason:
            yield "because", node.reason
        if node.name in self.host:
            yield "time", f"{milliseconds(self.host[node.name].ms)}, an estimate"
