"""What a group in stripes costs, in closed form: cycles of each engine, traffic, bytes.

Every engine is busy for what its instructions take. How groups that follow each other
overlap is for `following` to say. The simulator counts what really happens; this only
has to rank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ....backend_aipu.machine import Machine
from ....backend_aipu.systolic import depthwise_cycles, gemm_cycles
from ....dialects.aipu import Dataflow
from ....dialects.tile import StripedSchedule
from ...machine_forms.stage import Kind, Stage
from .accumulating import sums_bytes
from .bundles import Bundle
from .graph import Graph
from .stripes import Rows, stripes
from .transfers import PIECE
from .windows import Layout, layout


@dataclass(frozen=True)
class Phase:
    """What a part of a group asks for: all of its stripes, or a step of a single one.

    computing: cycles of the busier of the engines that compute.
    bus: cycles of all transfers, with their latencies.
    constants: those of `bus` for which there is room before anything is computed.
    needed: those of constants without which nothing can be.
    maps: those that bring feature maps before anything is computed.
    last: cycles of what is computed after the last load.
    """

    computing: int
    bus: int
    constants: int
    needed: int
    maps: int
    last: int


@dataclass(frozen=True)
class Spent:
    """What a group asks for.

    phases: one after another.
    tail: cycles of the last store.
    by_rows: whether it reads the first rows of its inputs first.
    dram_bytes: over the bus.
    sram_bytes: of its buffers.
    sums_bytes: of sums that wait in the accumulators for more depth.
    instructions: about as many as its program has.
    """

    phases: tuple[Phase, ...]
    tail: int
    by_rows: bool
    dram_bytes: int
    sram_bytes: int
    sums_bytes: int
    instructions: int

    @property
    def bus(self) -> int:
        """Cycles of all transfers."""
        return sum(phase.bus for phase in self.phases)

    def fits(self, machine: Machine) -> bool:
        """Whether a machine has room for it."""
        return (
            self.sram_bytes <= machine.sram.bytes
            and self.sums_bytes <= machine.array.accumulator_bytes
        )


def asked_of(graph: Graph, schedule: StripedSchedule, machine: Machine) -> Spent:
    """The cost of a group; there may be no room for what it keeps on chip."""
    rows = stripes(graph, schedule.rows)
    places = layout(graph, rows, schedule, machine.sram.alignment)
    return _Estimate(graph, schedule, machine, rows, places).spent()


@dataclass(frozen=True)
class _Moves:
    """What the transfers of a step move.

    bytes, transfers: in all.
    parameters, records: those for parameters.
    tile: bytes of a tile of weights of each product; `tiles` there are, in a ring of
        `slots`; all weights are one if they come once.
    maps, pieces: bytes of the first rows of feature maps, and their transfers.
    """

    step: Bundle
    bytes: int
    transfers: int
    parameters: int
    records: int
    tile: int
    tiles: int
    slots: int
    maps: int
    pieces: int


@dataclass(frozen=True)
class _Estimate:
    graph: Graph
    schedule: StripedSchedule
    machine: Machine
    rows: Sequence[Sequence[Rows]]
    places: Layout

    def spent(self) -> Spent:
        moves = [self._moves(step) for step in self.places.steps]
        stored = self._bytes(self.graph.result, self.rows[-1])
        tiles = len(self.places.steps[-1].tiles) if self._by_tiles() else 1
        single = len(self.rows) == 1
        return Spent(
            tuple(map(self._step, moves)) if single else (self._stripes(moves),),
            self._cycles(stored // tiles, bool(stored)),
            not single,
            sum(each.bytes for each in moves),
            self.places.bytes,
            sums_bytes(self.graph, self.schedule),
            self._instructions(),
        )

    def _step(self, moves: "_Moves") -> Phase:
        """A step of a single stripe."""
        array, vector = self._busy(moves.step)
        computing = max(array, vector)
        ring = min(moves.slots, moves.tiles)
        return Phase(
            computing,
            self._cycles(moves.bytes, moves.transfers),
            self._cycles(moves.parameters + ring * moves.tile, moves.records + ring),
            self._cycles(moves.parameters + moves.tile, moves.records + 1),
            self._cycles(moves.maps, moves.pieces),
            computing // max(1, moves.tiles),
        )

    def _stripes(self, moves: "Sequence[_Moves]") -> Phase:
        """All stripes."""
        count = len(self.rows)
        array = vector = 0
        for step in self.places.steps:
            busy = self._busy(step)
            array, vector = array + busy[0], vector + busy[1]
        vector += self._kept() // self.machine.vector.lanes
        bus = self._cycles(
            sum(each.bytes for each in moves), sum(each.transfers for each in moves)
        )
        if not self.schedule.ahead:
            array += bus
        constants = self._cycles(
            sum(m.parameters + min(m.slots, m.tiles) * m.tile for m in moves),
            sum(m.records + min(m.slots, m.tiles) for m in moves),
        )
        return Phase(
            max(array, vector),
            bus,
            constants,
            constants,
            self._cycles(sum(m.maps for m in moves), sum(m.pieces for m in moves)),
            max(array, vector) // count,
        )

    def _cycles(self, moved: int, transfers: int) -> int:
        """What so many bytes take, in so many transfers."""
        latency = self.machine.cycles_of_ns(self.machine.dram.latency)
        return self.machine.bus_cycles(moved) + latency * transfers

    def _by_tiles(self) -> bool:
        """Whether the result leaves tile by tile."""
        return self.places.windows[self.graph.result].tiles > 0

    def _made(self, tensor: int) -> list[int]:
        """How many rows of a tensor are made in each stripe."""
        height = self.graph.maps[tensor][1]
        return [
            max(0, min(each[tensor].end, height) - max(each[tensor].start, 0))
            for each in self.rows
        ]

    def _busy(self, step: Bundle) -> tuple[int, int]:
        """Cycles of the array and of the vector unit."""
        array = vector = 0
        for number in step.operators:
            stage = self.graph.operators[number].stage
            weights = self.schedule.weights[number]
            channels = weights.channels or stage.ofm[3]
            depth = weights.depth or stage.ifm[3]
            cycles = sum(
                _cycles(
                    stage, count, channels, depth, self.schedule.dataflow, self.machine
                )
                for count in self._made(self.graph.tensor_of(number))
                if count
            )
            if stage.kind in (Kind.CONVOLUTION, Kind.DEPTHWISE):
                array += cycles
            elif stage.kind is Kind.MOVE:
                vector += self._copied(number) // self.machine.vector.lanes
            else:
                vector += cycles
        return array, vector

    def _copied(self, number: int) -> int:
        """Bytes of operands of a concat or slice that are not where they are to be."""
        tensor = self.graph.tensor_of(number)
        parts = self.places.sharing.copied(self.graph.operators[number], tensor)
        pixels = sum(self._made(tensor)) * self.graph.maps[tensor][2]
        return pixels * sum(part.channels for _, part in parts)

    def _kept(self) -> int:
        """Bytes that move for the next stripe."""
        total = 0
        for now, then in pairwise(self.rows):
            for tensor, window in enumerate(self.places.windows):
                one, other = now[tensor], then[tensor]
                if self.graph.kept_as(tensor):
                    continue
                moves = other.first != one.first or window.home.slots > 1
                if moves and not window.tiles:
                    total += max(0, one.end - other.first) * window.row
        return total

    def _moves(self, step: Bundle) -> "_Moves":
        """What the transfers of a step move, in all stripes."""
        graph, count = self.graph, len(self.rows)
        parameters = records = tile = tiles = slots = weights_bytes = loads = 0
        for number in step.operators:
            stage, weights = (
                graph.operators[number].stage,
                self.schedule.weights[number],
            )
            parameters += stage.parameter_bytes
            records += bool(stage.parameter_bytes)
            if stage.weight_bytes and graph.comes_with(number):
                tile += _tile_bytes(stage, weights.channels, weights.depth)
                parts = -(-stage.ifm[3] // weights.depth) if weights.depth else 1
                each = len(step.tiles) * parts if weights.slots else 1
                times = count if weights.slots else 1
                tiles, slots = max(tiles, each), max(slots, weights.slots or 1)
                weights_bytes += stage.weight_bytes * times
                loads += each * times
        moved, transfers = weights_bytes + parameters, loads + records
        maps = pieces = 0
        for tensor in self._crossing(step):
            whole = sum(self._bytes(tensor, each) for each in self.rows)
            moved += whole
            transfers += self._pieces(tensor, whole)
            before = tensor != graph.result and not self.places.windows[tensor].tiles
            if before:
                maps += self._bytes(tensor, self.rows[0])
                pieces += 1
        return _Moves(
            step,
            moved,
            transfers,
            parameters,
            records,
            tile,
            tiles,
            slots,
            maps,
            pieces,
        )

    def _crossing(self, step: Bundle) -> list[int]:
        """The tensors that the bus brings for a step, or takes after it."""
        graph = self.graph
        found = [
            tensor
            for tensor in range(len(graph.inputs))
            if min(graph.readers[tensor]) in step.operators
        ]
        if graph.tensor_of(step.last) == graph.result:
            found.append(graph.result)
        return [tensor for tensor in found if not graph.kept_as(tensor)]

    def _pieces(self, tensor: int, moved: int) -> int:
        """In how many transfers an input comes, or the result goes."""
        window, count = self.places.windows[tensor], len(self.rows)
        if window.tiles:
            return window.tiles * count
        single = count == 1 and tensor != self.graph.result
        return -(-moved // PIECE) if single else count

    def _bytes(self, tensor: int, rows: Sequence[Rows]) -> int:
        """What of a tensor crosses the bus in a stripe."""
        if self.graph.kept_as(tensor):
            return 0
        _, height, columns, channels = self.graph.maps[tensor]
        each = rows[tensor]
        count = min(each.end, height) - max(each.start, 0)
        return max(0, count) * columns * channels

    def _instructions(self) -> int:
        """The first stripe, the last, and a loop between them or two."""
        bodies = min(len(self.rows), 4)
        return bodies * sum(map(self._of_step, self.places.steps)) + 4

    def _of_step(self, step: Bundle) -> int:
        """Its instructions, where tiles are loops: some of them stand by themselves."""
        weights = self.schedule.weights[step.first]
        body = len(step.operators) + 1 + 2 * bool(weights.slots)
        return body * min(len(step.tiles), 3 if weights.slots else 1)


def _tile_bytes(stage: Stage, channels: int, depth: int) -> int:
    """Bytes of a tile of weights, or of all that come once."""
    if not channels:
        return stage.weight_bytes
    each = stage.weight_bytes // stage.ofm[3] * channels
    return each // stage.ifm[3] * depth if depth else each


@lru_cache(maxsize=1 << 16)
def _cycles(
    stage: Stage, rows: int, channels: int, depth: int, dataflow: str, machine: Machine
) -> int:
    """The cycles for rows of a stage, in tiles of so many channels, so deep."""
    pixels, window = rows * stage.ofm[2], stage.window.size
    if stage.kind is Kind.CONVOLUTION:
        flow = Dataflow(dataflow)
        return sum(
            tiles
            * parts
            * gemm_cycles(machine.array, flow, pixels, window * size, count).total
            for count, tiles in _shares(stage.ofm[3], channels)
            for size, parts in _shares(stage.ifm[3], depth)
        )
    if stage.kind is Kind.DEPTHWISE:
        return depthwise_cycles(machine.array, pixels, window, stage.ofm[3]).total
    elements = pixels * stage.ofm[3] * (window if stage.kind is Kind.POOL else 1)
    return -(-elements // machine.vector.lanes)


def _shares(total: int, size: int) -> list[tuple[int, int]]:
    """The sizes of tiles of a dimension, and how many of each there are."""
    whole, rest = divmod(total, size)
    return [(size, whole)] * bool(whole) + [(rest, 1)] * bool(rest)
