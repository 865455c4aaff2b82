"""What depends on how weights come only: found once, for all schedules of which that is
the same.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .....backend_aipu.machine import Machine
from ..graph import Graph
from ..held import WHAT
from ..stripes import Ints
from .sizes import Sizes


@dataclass(frozen=True)
class Rings:
    """How weights of alike graphs come, int64 [operators, rings].

    graph: one of these.
    sizes: of the graph of each.
    slots, channels, depth: of the weights of each operator; of those that come once, no
        slots and all channels; of no depth, all of it.
    """

    graph: Graph
    sizes: Sizes
    slots: Ints
    channels: Ints
    depth: Ints
    _moved: dict[Machine, tuple[Ints, Ints]] = field(default_factory=dict, init=False)

    @property
    def made(self) -> Ints:
        """How many channels each operator makes."""
        return self.sizes.channels[-len(self.channels) :]

    @cached_property
    def streams(self) -> Ints:
        """1 where the weights of an operator come in tiles."""
        return (self.slots > 0).astype(np.int64)

    @cached_property
    def tiles(self) -> Ints:
        """In how many tiles of its channels each operator makes its result."""
        return -(-self.made // self.channels)

    @cached_property
    def parts(self) -> Ints:
        """In how many parts the depth of the weights of each comes."""
        deep = -(-self.sizes.depths // np.maximum(self.depth, 1))
        return np.where(self.depth > 0, deep, 1)

    @cached_property
    def bytes(self) -> Ints:
        """Of a slot of the weights of each: of a tile, or of all."""
        tiles = self._tile_bytes(self.channels, self.depth)
        return np.where(self.slots > 0, tiles, self.sizes.weights)

    @cached_property
    def places(self) -> Ints:
        """How many such slots there are."""
        return np.maximum(self.slots, 1)

    @cached_property
    def constants(self) -> Ints:
        """Bytes of weights and parameters of each that are there at once."""
        numbers = range(len(self.slots))
        own, others = (
            np.array([[not self.graph.held_by(number, what)] for number in numbers])
            for what in WHAT
        )
        return self.sizes.parameters * others + self.bytes * self.places * own

    def _tile_bytes(self, channels: Ints, depth: Ints) -> Ints:
        """Bytes of tiles of the weights; 0 ifm channels are all of them."""
        each = self.sizes.weights // self.made * channels
        depths = np.maximum(self.sizes.depths, 1)
        return np.where(depth > 0, each // depths * depth, each)

    def moved(self, machine: Machine) -> tuple[Ints, Ints]:
        """What comes once for each operator; and all weights of each, tile by tile,
        where they come in tiles: bytes, and transfers, int64 [2, operators, rings].
        """
        if machine not in self._moved:
            self._moved[machine] = self._once(machine), self._streamed(machine)
        return self._moved[machine]

    def _once(self, machine: Machine) -> Ints:
        numbers = range(len(self.slots))
        with_weights, with_parameters = (
            np.array([[self.graph.comes_with(number, what)] for number in numbers])
            for what in WHAT
        )
        weights = self.sizes.weights * with_weights * (1 - self.streams)
        parameters = self.sizes.parameters * with_parameters
        size = machine.strided_bytes(1, parameters) + machine.strided_bytes(1, weights)
        return np.array([size, (parameters > 0) + (weights > 0).astype(np.int64)])

    def _streamed(self, machine: Machine) -> Ints:
        channels, depth, read = self.channels, self.depth, self.sizes.depths
        whole, rest = np.divmod(self.made, channels)
        wide, narrow = (self._tile_bytes(each, 0 * depth) for each in (channels, rest))
        size = machine.strided_bytes(whole, wide) + machine.strided_bytes(1, narrow)
        deep, left = np.divmod(read, np.maximum(depth, 1))
        pieces = machine.strided_bytes(deep, depth) + machine.strided_bytes(1, left)
        windows = [[each.stage.window.size] for each in self.graph.operators]
        cut = (depth > 0) & (depth < read)
        size = np.where(cut, self.made * np.array(windows) * pieces, size)
        return np.array([size, self.tiles * self.parts]) * self.streams
