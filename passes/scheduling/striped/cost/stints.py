"""Steps that take turns on tiles, in stripes of a kind: what no clock changes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .....backend_aipu.machine import Machine
from ..buffers.needs import TILE_SLOTS
from ..stripes import Ints
from .course import FIRST, Amounts
from .masks import Cycles, Mask, masks, whole


class Stints(NamedTuple):
    """What steps do that take turns, in a stripe, cycles: [steps, schedules]. Of one
    that is not there it is 0.

    array_tile, vector_tile, each: of these engines, and of both, for a tile.
    load_tile: for a tile that comes.
    soon_bus: of the bus for tiles that are not there, but for which the ring has room.
    soon: for these, from when they begin to come.
    least: from when the first tile is there, if only a ring of one slot lets wait.
    rest: of the bus for all tiles that come later, and for those that go.
    behind: from when these have the bus until the last tile is there.
    store, store_tile: for what goes, and for a tile of it.
    last_tiles: of these, for as many as there is room for.
    """

    array_tile: Cycles
    vector_tile: Cycles
    each: Cycles
    load_tile: Cycles
    soon_bus: Cycles
    soon: Cycles
    least: Cycles
    rest: Cycles
    behind: Cycles
    store: Cycles
    store_tile: Cycles
    last_tiles: Cycles


class StripeWork:
    """What steps do in a stripe of some kind.

    busy: cycles of both engines, [steps, schedules].
    stints: of the steps that take turns.
    runs, changes: of each step where it is on the array, and on the vector unit.
    loads, waits, rests: of each that takes turns where tiles come, where the first of
        them is not there before, and where the bus has others to move than those that
        come soon.
    """

    def __init__(
        self, busy: Cycles, stints: Stints, where: Sequence[NDArray[np.bool_]]
    ):
        self.busy, self.stints, self._where = busy, stints, where
        self.runs, self.changes, self.loads, self.waits, self.rests = map(masks, where)

    def where(self, there: Mask) -> "StripeWork":
        """The same where a stripe is there."""
        if there.always:
            return self
        return StripeWork(
            there.only(self.busy),
            Stints(*map(there.only, self.stints)),
            [each & there.holds for each in self._where],
        )


def work_of(
    amounts: Amounts, stripe: int, turning: Sequence[int], machine: Machine
) -> StripeWork:
    """What the steps of schedules do in a stripe of some kind, of which some take turns
    by any of them.
    """
    busy = _cycles(amounts.array[:, stripe] + amounts.vector[:, stripe])
    runs, changes = amounts.array[:, stripe] > 0, amounts.vector[:, stripe] > 0
    array, vector = (
        _cycles(each[turning, stripe]) for each in (amounts.array, amounts.vector)
    )
    latency = machine.cycles_of_ns(machine.dram.latency)
    size, transfers = amounts.tiles[:, turning, stripe]
    bus = machine.bus_cycles(size)
    come, load = _cycles(bus), _cycles(bus + latency * transfers)
    count, slots = _cycles(amounts.count[turning]), _cycles(amounts.slots[turning])
    tiles, ring = np.maximum(count, 1), np.minimum(slots, count)
    before = np.zeros_like(count)
    if stripe == FIRST and 0 in turning:
        before[0] = _there_before(amounts)
    soon, late = np.maximum(ring - before, 0), count - ring
    array_tile = each = whole(array, tiles)
    vector_tile = none = np.zeros_like(array)
    if vector.any():
        vector_tile, each = whole(vector, tiles), whole(array + vector, tiles)
    tile_bus, load_tile = whole(come, tiles), whole(load, tiles)
    last = whole(np.maximum(array * late, load * (late - 1)), tiles)
    rest = tile_bus * late
    alone = np.where(slots > 1, 0, load - load_tile)
    store = store_tile = last_tiles = none
    if amounts.stores_tiles.any():
        stored, stores = amounts.stored[:, turning, stripe]
        bus = machine.bus_cycles(stored)
        go, store = _cycles(bus), _cycles(bus + latency * stores)
        rest = rest + whole(go, tiles) * (count - 1)
        store_tile = whole(store, tiles)
        last_tiles = whole(np.minimum(TILE_SLOTS, count) * store, tiles)
    stints = Stints(
        array_tile=array_tile,
        vector_tile=vector_tile,
        each=each,
        load_tile=load_tile,
        soon_bus=tile_bus * soon,
        soon=whole(load * soon, tiles),
        least=np.maximum(array + alone + vector_tile, vector + array_tile),
        rest=rest,
        behind=np.maximum(rest, np.where(late > 0, tile_bus + last, 0)),
        store=store,
        store_tile=store_tile,
        last_tiles=last_tiles,
    )
    loads = load > 0
    return StripeWork(
        busy, stints, (runs, changes, loads, loads & (before == 0), rest > 0)
    )


def _there_before(amounts: Amounts) -> Ints:
    """How many tiles of weights are there before the first stripe begins, of the first
    step, int64 [schedules].
    """
    count = amounts.count[0]
    ring = np.minimum(amounts.slots[0], count)
    return np.where(amounts.maps[1] > 0, ring, 1) * (count > 0)


def _cycles(amounts: Ints) -> Cycles:
    """The same as cycles."""
    return amounts.astype(np.float64)
