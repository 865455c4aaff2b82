"""Steps that take turns on tiles, in stripes of a kind: what no clock changes."""

from typing import NamedTuple

import numpy as np

from .....backend_aipu.machine import Machine
from ..buffers.needs import TILE_SLOTS
from ..stripes import Ints
from .course import FIRST, Amounts


class Stints(NamedTuple):
    """What steps do in a stripe, cycles if nothing else is said: int64 [steps,
    schedules]. Of a stripe that is not there all of it is 0.

    array, vector: of these engines.
    array_tile: of the array for a tile.
    vector_tile: the same of the vector unit.
    each: of both.
    load, load_tile: for what comes, and for a tile of it.
    soon: for the tiles of which the ring has room and that are not there.
    soon_bus: of the bus for these.
    tile_bus: of the bus for one tile.
    rest: of the bus for all others that come, and that go.
    waits: for tiles that come while nothing can be computed.
    late_tiles: for the last tiles, from when they begin to come.
    store: for what goes.
    last_tiles: of these, for as many as there is room for.
    """

    array: Ints
    vector: Ints
    array_tile: Ints
    vector_tile: Ints
    each: Ints
    load: Ints
    load_tile: Ints
    soon: Ints
    soon_bus: Ints
    tile_bus: Ints
    rest: Ints
    waits: Ints
    late_tiles: Ints
    store: Ints
    store_tile: Ints
    last_tiles: Ints

    def where(self, there: Ints) -> "Stints":
        """The same where a stripe is there."""
        return Stints(*(each * there for each in self))


def there_before(amounts: Amounts, stripe: int) -> Ints:
    """How many tiles of weights are there before each step begins, int64 [steps,
    schedules].
    """
    found = np.zeros_like(amounts.count)
    if stripe == FIRST:
        ring = np.minimum(amounts.slots[0], amounts.count[0])
        found[0] = np.where(amounts.maps[1] > 0, ring, 1) * (amounts.count[0] > 0)
    return found


def stints_of(amounts: Amounts, stripe: int, machine: Machine) -> Stints:
    """What the steps of schedules do in a stripe of some kind."""
    array, vector = amounts.array[:, stripe], amounts.vector[:, stripe]
    size, transfers = amounts.tiles[:, :, stripe]
    stored, stores = amounts.stored[:, :, stripe]
    latency = machine.cycles_of_ns(machine.dram.latency)
    come, go = machine.bus_cycles(size), machine.bus_cycles(stored)
    load, store = come + latency * transfers, go + latency * stores
    count, tiles = amounts.count, np.maximum(amounts.count, 1)
    ring = np.minimum(amounts.slots, count)
    soon, late = np.maximum(ring - there_before(amounts, stripe), 0), count - ring
    tile_bus, load_tile = come // tiles, load // tiles
    return Stints(
        array=array,
        vector=vector,
        array_tile=array // tiles,
        vector_tile=vector // tiles,
        each=(array + vector) // tiles,
        load=load,
        load_tile=load_tile,
        soon=load * soon // tiles,
        soon_bus=tile_bus * soon,
        tile_bus=tile_bus,
        rest=tile_bus * late + go // tiles * (count - 1),
        waits=np.where(amounts.slots > 1, 0, load - load_tile),
        late_tiles=np.maximum(array * late, load * (late - 1)) // tiles,
        store=store,
        store_tile=store // tiles,
        last_tiles=np.minimum(TILE_SLOTS, count) * store // tiles,
    )
