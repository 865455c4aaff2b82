"""What depends on the height of stripes only: found once, for all schedules that have
the same.
"""

from dataclasses import dataclass, field

import numpy as np

from .....backend_aipu.machine import Machine
from ..graph import Graph
from ..stripes import Ints
from .row_counts import RowCounts
from .sizes import Sizes


@dataclass(frozen=True)
class Heights:
    """Stripes of alike graphs, of each height that schedules have.

    graph: one of these.
    counts: of the rows.
    sizes: of the graph of each height.
    """

    graph: Graph
    counts: RowCounts
    sizes: Sizes
    _moved: dict[tuple[int, Machine, int], Ints] = field(
        default_factory=dict, init=False
    )

    @property
    def row(self) -> Ints:
        """Bytes of a row of a window on each tensor, int64 [tensors, heights]."""
        return self.sizes.widths * self.sizes.channels

    def moved(self, tensor: int, machine: Machine, piece: int = 0) -> Ints:
        """What crosses the bus of a tensor of an image, in all stripes, in the first
        and in the last: bytes, and in how many transfers, int64 [2, 3, heights]; of
        whole maps in pieces of as many rows as have so many bytes.
        """
        key = tensor, machine, piece
        if key not in self._moved:
            counts, sizes = self.counts, self.sizes
            made = [counts.made[tensor], counts.first[tensor], counts.last[tensor]]
            if piece:
                found = self._in_pieces(tensor, np.array(made), machine, piece)
            else:
                ends, rows = np.array(made[1:]), counts.inside[tensor]
                of_runs = sizes.of(counts.height_of_runs)
                each = self._at_once(tensor, rows, of_runs, machine)
                ends = self._at_once(tensor, ends, sizes, machine)
                found = np.concatenate([counts.total(each)[:, None], ends], axis=1)
            self._moved[key] = found
        return self._moved[key]

    def _in_pieces(self, tensor: int, rows: Ints, machine: Machine, piece: int) -> Ints:
        """So many rows of a map, as many at once as are a piece."""
        step = np.maximum(1, piece // self.row[tensor])
        whole, rest = np.divmod(rows, step)
        size = whole * self._rows(tensor, step, self.sizes, machine)
        size = size + self._rows(tensor, rest, self.sizes, machine)
        return np.array([size, whole + (rest > 0)])

    def _at_once(self, tensor: int, rows: Ints, sizes: Sizes, machine: Machine) -> Ints:
        """So many rows in a single transfer, if there are any."""
        size = self._rows(tensor, rows, sizes, machine)
        return np.array([size, (rows > 0).astype(np.int64)])

    def _rows(self, tensor: int, rows: Ints, sizes: Sizes, machine: Machine) -> Ints:
        """The bytes of so many rows in one transfer, where they lie in DRAM."""
        columns, channels = sizes.columns[tensor], sizes.channels[tensor]
        match self.graph.pieces(tensor):
            case "pixels":
                return machine.strided_bytes(rows * columns, channels)
            case "rows":
                return machine.strided_bytes(rows, columns * channels)
            case "maps":
                return machine.strided_bytes(1, rows * columns * channels)
