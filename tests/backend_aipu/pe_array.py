"""The MAC array stepped cycle by cycle, for the closed forms to be held against.

Every PE is a set of registers. In a cycle each reads its neighbours' registers and the
ports at the edge, all at once, and latches; an array holds one register of all PEs. No
formula is known here: a fold starts when the ports have done with the one before, flags
that travel with the data tell each PE when its turn comes, and cycles are counted until
the last sum has left. Lane i of a port lags i cycles behind lane 0.

A register that nobody has written holds POISON, so that reading too early shows in the
values. They are int64, wide enough for POISON to stay visible.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.int64]

POISON = 0x5EAD_BEEF
NOTHING = (POISON, 0, 0)


class Run(NamedTuple):
    """The sums of each fold, the cycles, and those until the last MAC."""

    sums: list[Array]
    cycles: int
    cycles_of_macs: int


class Port:
    """An edge of the array, where words enter: a value and two flags."""

    def __init__(self, lanes: int):
        self.lanes = np.arange(lanes)
        self.line = np.tile(np.array(NOTHING), (lanes, lanes, 1))

    def offer(self, values: Array | None, flag: bool = False) -> Array:
        """Offer `values` to all lanes; return the words [lanes, 3] that enter now."""
        self.line[1:] = self.line[:-1]
        self.line[0] = NOTHING
        if values is not None:
            self.line[0, :, 0] = values
            self.line[0, :, 1] = 1
        self.line[0, :, 2] = flag
        return self.line[self.lanes, self.lanes]


class Outlet:
    """The lower edge, where sums leave: `steps` of them from each column, in order."""

    def __init__(self, steps: int, columns: int):
        self.sums = np.full((steps, columns), POISON)
        self.taken = np.zeros(columns, np.int64)

    def take(self, sums: Array, live: Array) -> None:
        columns = np.flatnonzero(live)
        self.sums[self.taken[columns], columns] = sums[columns]
        self.taken[columns] += 1

    @property
    def full(self) -> bool:
        return bool((self.taken == len(self.sums)).all())


def moved_right(entering: Array, register: Array) -> Array:
    return np.concatenate([entering[:, None], register[:, :-1]], axis=1)


def moved_down(entering: Array, register: Array) -> Array:
    return np.concatenate([entering[None], register[:-1]], axis=0)


def poison(*shape: int) -> Array:
    return np.full(shape, POISON)


def stationary(tiles: list[Array], streams: list[Array]) -> Run:
    """Keep a tile [R, C] and stream [T, R] past it: sums[f] = streams[f] @ tiles[f].

    Streams enter from the left and move right, sums move down. Behind the running fold
    the next tile comes down from the top, its last row first.
    """
    rows, columns = tiles[0].shape
    row = np.arange(rows)[:, None]
    words = np.tile(np.array(NOTHING), (rows, columns, 1))
    held, loading, sums = poison(3, rows, columns)
    wanted = np.zeros((rows, columns), np.int64)
    left, top = Port(rows), Port(columns)
    outlet = Outlet(sum(map(len, streams)), columns)
    corner = stationary_corner(tiles, streams)
    cycles = 0
    while not outlet.full:
        step, turn_of_fold, tile_row = next(corner)
        words = moved_right(left.offer(step, turn_of_fold), words)
        value, live, turn = np.moveaxis(words, 2, 0)
        held = np.where(turn, loading, held)
        sums = moved_down(np.zeros(columns, np.int64), sums) + held * value
        # From its turn on a PE of row r latches R - r values from above: those for
        # the rows below pass through it, the last one is its own.
        wanted = np.where(turn, rows - row, np.maximum(wanted - 1, 0))
        from_above = moved_down(top.offer(tile_row)[:, 0], loading)
        loading = np.where(wanted > 0, from_above, loading)
        outlet.take(sums[-1], live[-1])
        cycles += 1
    return Run(np.split(outlet.sums, ends(streams)), cycles, cycles)


def stationary_corner(
    tiles: list[Array], streams: list[Array]
) -> Iterator[tuple[Array | None, bool, Array | None]]:
    """What the corner is offered: a step, whether it is a fold's first, a tile row.

    A fold ends when its steps have entered, and the next tile too.
    """
    for stream, tile in zip([[], *streams], [*tiles, []], strict=True):
        for cycle, (step, tile_row) in enumerate(zip_longest(stream, tile[::-1])):
            yield step, cycle == 0, tile_row
    while True:
        yield None, False, None


def output_stationary(ifms: list[Array], weights: list[Array]) -> Run:
    """Keep sums [R, C]: sums[f] = ifms[f].T @ weights[f] of [K, R] and [K, C].

    Inputs enter from the left, weights from the top. After its last step a PE hands its
    sum to a second register, and the rows of a column then drain downwards, together.
    """
    rows, columns = ifms[0].shape[1], weights[0].shape[1]
    row = np.arange(rows)[:, None]
    across, down = np.tile(np.array(NOTHING), (2, rows, columns, 1))
    sums = np.zeros((rows, columns), np.int64)
    drain = poison(rows, columns)
    age = np.full((rows, columns), rows + 1)
    left, top = Port(rows), Port(columns)
    outlet = Outlet(rows * len(ifms), columns)
    corner = output_corner(ifms, weights, rows)
    cycles = cycles_of_macs = 0
    while not outlet.full:
        ifm, weight, last_of_fold = next(corner)
        across = moved_right(left.offer(ifm, last_of_fold), across)
        down = moved_down(top.offer(weight), down)
        value, live, last = np.moveaxis(across, 2, 0)
        sums = sums + np.where(live, value * down[:, :, 0], 0)
        # R cycles after the sum of row 0 is ready, that of row R - 1 is too. Row r
        # then passes on its own and the r above it.
        sending = (rows - row <= age) & (age <= rows)
        outlet.take(drain[-1], sending[-1])
        receiving = moved_down(np.zeros(columns, np.bool_), sending)
        assert not (receiving & last).any(), "a sum drains into another"
        assert (age[last == 1] >= rows).all(), "a sum is lost before it drains"
        drain = np.where(receiving, moved_down(poison(columns), drain), drain)
        drain = np.where(last, sums, drain)
        sums = np.where(last, 0, sums)
        age = np.where(last, 1, age + 1)
        cycles += 1
        cycles_of_macs = cycles if live.any() else cycles_of_macs
    # The last row leaves first.
    folds = np.split(outlet.sums, len(ifms))
    return Run([fold[::-1] for fold in folds], cycles, cycles_of_macs)


def output_corner(
    ifms: list[Array], weights: list[Array], rows: int
) -> Iterator[tuple[Array | None, Array | None, bool]]:
    """What the corner is offered: a step, and whether it is the last of its fold.

    A fold ends when its steps have entered, and a column has had time to drain.
    """
    for ifm, weight in zip(ifms, weights, strict=True):
        for step in range(max(len(ifm), rows)):
            if step < len(ifm):
                yield ifm[step], weight[step], step == len(ifm) - 1
            else:
                yield None, None, False
    while True:
        yield None, None, False


def depthwise(weights: list[Array], streams: list[Array], rows: int) -> Run:
    """Keep a weight [C] a column: sums[f] = streams[f] * weights[f] of [T, C].

    The channels enter from the top, and only the first row multiplies; the products
    move down through the others. The next weight comes in with the first step.
    """
    columns = len(weights[0])
    held, loading = poison(2, columns)
    sums = poison(rows, columns)
    live_sums = np.zeros((rows, columns), np.int64)
    top, side = Port(columns), Port(columns)
    outlet = Outlet(sum(map(len, streams)), columns)
    tiles = [weight[None] for weight in weights]
    corner = stationary_corner(tiles, streams)
    cycles = 0
    while not outlet.full:
        step, turn_of_fold, weight = next(corner)
        value, live, turn = top.offer(step, turn_of_fold).T
        held = np.where(turn, loading, held)
        loading = np.where(turn, side.offer(weight)[:, 0], loading)
        sums = moved_down(held * value, sums)
        live_sums = moved_down(live, live_sums)
        outlet.take(sums[-1], live_sums[-1])
        cycles += 1
    return Run(np.split(outlet.sums, ends(streams)), cycles, cycles)


def ends(streams: list[Array]) -> list[int]:
    """Where each stream but the last ends in all of them joined."""
    return np.cumsum([len(stream) for stream in streams])[:-1].tolist()
