"""The ladder by layers: which are bit-exact at every level, and how close to float."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..building.verify import Row
from ..figures.figures import Figures


class Rung(NamedTuple):
    """One layer at all levels.

    multiplies: whether it has weights: a convolution or a fully connected layer.
    equal: by level, whether it gives the bytes of the quantised network.
    cosine, sqnr_db: of the binary against the reals that the layer stands for; None
        where there are none.
    remark: why there is no figure, or to what the reals were cut before.
    """

    name: str
    multiplies: bool
    equal: Mapping[str, bool]
    cosine: float | None
    sqnr_db: float | None
    remark: str

    @property
    def exact(self) -> bool:
        return all(self.equal.values())


class Count(NamedTuple):
    """So many of so many."""

    exact: int
    total: int

    def __str__(self) -> str:
        return f"{self.exact} of {self.total}"


class Ladder(NamedTuple):
    """All layers, in the order in which they run."""

    rungs: Sequence[Rung]

    @property
    def exact(self) -> bool:
        """Whether every layer is bit-exact at every level."""
        return all(rung.exact for rung in self.rungs)

    @property
    def layers(self) -> Count:
        """How many of the layers with weights are bit-exact."""
        return _count([rung for rung in self.rungs if rung.multiplies])

    @property
    def others(self) -> Count:
        """How many of the other launches are: pools, sums, moves."""
        return _count([rung for rung in self.rungs if not rung.multiplies])

    @property
    def verdict(self) -> str:
        """`54 of 54 layers bit-exact, and 18 of 18 other launches`."""
        return f"{self.layers} layers bit-exact, and {self.others} other launches"


def ladder(rows: Sequence[Row], figures: Figures) -> Ladder:
    """The rows of a verification by layer."""
    by_layer: dict[str, list[Row]] = {}
    for row in rows:
        by_layer.setdefault(row.name, []).append(row)
    multiplies = {
        piece.name: piece.macs > 0
        for layer in figures.layers
        for piece in (*layer.operators, layer)
    }
    return Ladder(
        [
            Rung(
                name,
                multiplies.get(name, False),
                {row.level: row.equal for row in of_layer},
                of_layer[-1].cosine,
                of_layer[-1].sqnr_db,
                of_layer[-1].remark,
            )
            for name, of_layer in by_layer.items()
        ]
    )


def _count(rungs: Sequence[Rung]) -> Count:
    return Count(sum(rung.exact for rung in rungs), len(rungs))
