"""Actions that compute: what an operator makes in a stripe."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import prod

from .....backend_aipu.shared_fields import RECORD
from .....dialects.aipu import Engine
from ....machine_forms.stage import Kind
from ..bundles import Bundle, ChannelTile
from ..turns import Turn
from .actions import Action, At, Corner, Number, Portion, Repeats
from .transfers import Transfers

AS_IT_IS: Mapping[str, Number] = {
    "multiplier": 1,
    "shift": 0,
    "zero_points": (0, 0),
    "low": -128,
    "high": 127,
}
"""A requantisation that changes nothing: it copies."""


@dataclass(frozen=True)
class Computing(Transfers):
    """What operators do; weights that are streamed come in beside it."""

    def step(self, step: Bundle, turn: Turn) -> Iterator[Action | Repeats]:
        """What the operators of a step make in a turn, and the padding below that."""
        yield from self.for_each(turn, partial(self._below, step))
        rows = self.rows(turn, self.graph.tensor_of(step.first))
        height = self.graph.maps[self.graph.tensor_of(step.first)][1]
        start, end = max(rows.start, 0), min(rows.end, height)
        if end > start:
            bodies = (
                tuple(self._tile(step, turn, (start, end), tile)) for tile in step.tiles
            )
            yield Repeats(tuple(bodies))
        for number in step.operators:
            tensor = self.graph.tensor_of(number)
            if tensor in self.graph.also:
                yield from self.for_each(turn, partial(self.store, tensor))

    def _below(self, step: Bundle, turn: Turn) -> Iterator[Action]:
        """The padding below the last row of the result of a step."""
        tensor = self.graph.tensor_of(step.last)
        rows, height = self.rows(turn, tensor), self.graph.maps[tensor][1]
        below = max(rows.start, height)
        if rows.end > below:
            yield self.fill_rows(tensor, turn, below, rows.end)

    def _tile(
        self, step: Bundle, turn: Turn, rows: tuple[int, int], tile: ChannelTile
    ) -> Iterator[Action | Repeats]:
        """What comes in for a tile, what the operators make of it, what goes out."""
        graph = self.graph
        reads = (
            graph.operators[number].reads
            for number in step.operators
            if graph.operators[number].stage.kind is Kind.ELEMENTWISE
        )
        for tensor in dict.fromkeys(each for tensors in reads for each in tensors):
            if tensor < len(graph.inputs) and self.is_tiled(tensor):
                yield from self.for_each(turn, partial(self.load, tensor, tile=tile))
        for number in step.operators:
            if graph.operators[number].stage.weight_bytes:
                yield from self._product(number, step, turn, rows, tile)
            else:
                made = partial(self._vector, number, rows, tile)
                yield from self.for_each(turn, made)
        result = graph.tensor_of(step.last)
        if result == graph.result and self.is_tiled(result):
            yield from self.for_each(turn, partial(self.store, result, tile=tile))

    def _vector(
        self, number: int, rows: tuple[int, int], tile: ChannelTile, turn: Turn
    ) -> Iterator[Action]:
        """What the vector unit does for an operator."""
        match self.graph.operators[number].stage.kind:
            case Kind.ELEMENTWISE:
                yield self._elementwise(number, turn, rows, tile)
            case Kind.POOL:
                yield self._pool(number, turn, rows, tile)
            case _:
                yield from self._copies(number, turn, rows)

    def _product(
        self,
        number: int,
        step: Bundle,
        turn: Turn,
        rows: tuple[int, int],
        tile: ChannelTile,
    ) -> Iterator[Action | Repeats]:
        """A tile of a convolution: with all weights there, or as they come."""
        weights = self.schedule.weights[number]
        depth = self.graph.operators[number].stage.ifm[3]
        if not weights.slots:
            all_ = Portion(depth, depth, 0)
            yield from self._convs(number, turn, rows, tile, 0, all_)
            return
        size = weights.depth or depth
        parts = [Portion(size, depth, first) for first in range(0, depth, size)]
        before = turn.number * len(step.tiles) * len(parts)
        there = weights.slots if number == 0 and self.begins(turn) else 0
        bodies = [
            (
                *[self._weights(number, before + at, tile, part)][: at >= there],
                *self._convs(number, turn, rows, tile, before + at, part),
            )
            for at, part in enumerate(parts, tile.number * len(parts))
        ]
        yield Repeats(tuple(bodies))

    def begins(self, turn: Turn) -> bool:
        """Whether constants come before a turn: once, or if all rows are there at once,
        for every lot of images.
        """
        return self.is_single or turn.number == 0

    def first_weights(self, step: Bundle, turn: Turn) -> Iterator[Action]:
        """What fills the ring of weights of the first step, before maps are there."""
        weights = self.schedule.weights[step.first]
        depth = self.graph.operators[step.first].stage.ifm[3]
        size = weights.depth or depth
        tiles = [
            (tile, Portion(size, depth, first))
            for tile in step.tiles
            for first in range(0, depth, size)
        ]
        before = turn.number * len(tiles)
        for at, (tile, part) in enumerate(tiles[: weights.slots], before):
            yield self._weights(step.first, at, tile, part)

    def _weights(
        self, number: int, slot: int, tile: ChannelTile, part: Portion
    ) -> Action:
        """The weights of a tile, or of a part of its depth, into a slot of the ring;
        the last part lies as the others do.
        """
        stage, home = self.graph.operators[number].stage, self.layout.weights[number]
        assert home is not None
        each = stage.weight_bytes // stage.ofm[3]
        if part.size == part.total:
            span = (tile.first * each, tile.last * each)
            return self.constant("weight", number, home, slot, span, stage.weight_bytes)
        box = (1, tile.last - tile.first, stage.window.size, part.size)
        return Action(
            Engine.LOAD,
            "dma.load",
            number,
            {
                "sram": At(home.name, slot),
                "shape": stage.weight_view.shape,
                "strides": stage.weight_view.strides,
                "origin": Corner((0, tile.first, 0, part.position)),
                "box": box,
                "fill": 0,
            },
            writes=(home.interval(slot, 0, prod(box)),),
            dram=f"weight {number}",
        )

    def _convs(
        self,
        number: int,
        turn: Turn,
        rows: tuple[int, int],
        tile: ChannelTile,
        slot: int,
        part: Portion,
    ) -> Iterator[Action | Repeats]:
        """A tile of weights at work on every image that is there at once."""
        if number in self.over_all:
            start, end = rows
            window = self.window(self.graph.tensor_of(number))
            end += (self.turns.at_once - 1) * window.height
            yield self._conv(number, turn, (start, end), tile, slot, part)
            return
        yield from self.for_each(
            turn, lambda each: [self._conv(number, each, rows, tile, slot, part)]
        )

    def _conv(
        self,
        number: int,
        turn: Turn,
        rows: tuple[int, int],
        tile: ChannelTile,
        slot: int,
        part: Portion,
    ) -> Action:
        stage = self.graph.operators[number].stage
        start, end = rows
        ofm = self.window(self.graph.tensor_of(number), tile)
        home, records = self.layout.weights[number], self.layout.parameters[number]
        assert home is not None and records is not None
        depthwise = stage.kind is Kind.DEPTHWISE
        channels = tile.last - tile.first
        fields: dict[str, Number] = {
            **self._under(number, turn, start, tile if depthwise else None),
            "weight": At(home.name, slot),
            "parameters": At(records.name, 0, tile.first * stage.record),
            "ofm": self.at(ofm, turn, start, 0, tile),
            "rows": end - start,
            "columns": stage.ofm[2],
            "ofm_columns": ofm.width,
            "ofm_pitch": ofm.pixel,
            "channels": channels,
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
            "dilation": stage.window.dilation,
        }
        if not depthwise:
            under = fields["ifm"]
            assert isinstance(under, At)
            fields |= {
                "ifm": replace(under, byte=under.byte + part.position),
                "depth": part if part.size < part.total else part.total,
                "dataflow": self.schedule.dataflow,
            }
        each = stage.weight_bytes // stage.ofm[3]
        size = channels * each * part.size // part.total
        return Action(
            Engine.MAC,
            stage.mnemonic,
            number,
            fields,
            (
                self._read(number, turn, start, end),
                home.interval(slot, 0, size),
                records.interval(
                    0, tile.first * stage.record, tile.last * stage.record
                ),
            ),
            (ofm.interval(turn, start, end, tile),),
        )

    def _pool(
        self, number: int, turn: Turn, rows: tuple[int, int], tile: ChannelTile
    ) -> Action:
        operator = self.graph.operators[number]
        stage, window = operator.stage, operator.stage.window
        start, end = rows
        ofm = self.window(self.graph.tensor_of(number))
        fields: dict[str, Number] = {
            **self._under(number, turn, start, None),
            "ofm": self.at(ofm, turn, start, 0, tile),
            "rows": end - start,
            "columns": stage.ofm[2],
            "channels": stage.ofm[3],
            "ofm_columns": ofm.width,
            "ofm_pitch": ofm.pixel,
            "kernel": window.kernel,
            "stride": window.stride,
        }
        reads = [self._read(number, turn, start, end)]
        if home := self.layout.parameters[number]:
            fields |= {
                "parameters": At(home.name),
                "counts": stage.parameter_bytes // RECORD,
                "inside": stage.ifm[1:3],
                "corner_row": Corner((operator.first_row(start),)),
                "corner_column": Corner((-window.pad[1],)),
            }
            reads.append(home.interval(0, 0, stage.parameter_bytes))
        writes = (ofm.interval(turn, start, end, tile),)
        return Action(
            Engine.VECTOR, stage.mnemonic, number, fields, tuple(reads), writes
        )

    def _copies(
        self, number: int, turn: Turn, rows: tuple[int, int]
    ) -> Iterator[Action]:
        """The operands of a concat or slice that are not where they are to lie."""
        operator, ofm = self.graph.operators[number], self.graph.tensor_of(number)
        start, end = rows
        for tensor, part in self.layout.sharing.copied(operator, ofm):
            source = ChannelTile(0, part.source, part.source + part.channels)
            target = ChannelTile(0, part.target, part.target + part.channels)
            ifm_window, ofm_window = self.window(tensor), self.window(ofm)
            yield Action(
                Engine.VECTOR,
                "vector.requantise",
                number,
                {
                    "ifm": self.at(ifm_window, turn, start, 0, source),
                    "ofm": self.at(ofm_window, turn, start, 0, target),
                    "rows": end - start,
                    "columns": operator.stage.ofm[2],
                    "elements": part.channels,
                    "ifm_pitches": (ifm_window.row, ifm_window.pixel),
                    "ofm_pitches": (ofm_window.row, ofm_window.pixel),
                    **AS_IT_IS,
                },
                (ifm_window.interval(turn, start, end, source),),
                (ofm_window.interval(turn, start, end, target),),
                numbers=False,
            )

    def _under(
        self, number: int, turn: Turn, start: int, tile: ChannelTile | None
    ) -> Mapping[str, Number]:
        """The ifm of a windowed operator, from the corner of its first window on: all
        channels, or those of a tile.
        """
        operator = self.graph.operators[number]
        tensor = operator.reads[0]
        ifm = self.window(tensor)
        row, column = operator.first_row(start), -operator.stage.window.pad[1]
        return {
            "ifm": self.at(ifm, turn, row, column, tile or self.whole(tensor)),
            "ifm_columns": ifm.width,
            "ifm_pitch": ifm.pixel,
        }

    def _read(self, number: int, turn: Turn, start: int, end: int) -> tuple[int, int]:
        """The bytes that an operator reads of its first map."""
        operator = self.graph.operators[number]
        tensor = operator.reads[0]
        first, last = operator.first_row(start), operator.end_row(end)
        return self.window(tensor).interval(turn, first, last, self.whole(tensor))

    def _elementwise(
        self, number: int, turn: Turn, rows: tuple[int, int], tile: ChannelTile
    ) -> Action:
        operator = self.graph.operators[number]
        stage = operator.stage
        start, end = rows
        tensor = self.graph.tensor_of(number)
        operands = dict(
            zip((*stage.operands, "ofm"), (*operator.reads, tensor), strict=True)
        )
        fields: dict[str, Number] = {
            "rows": end - start,
            "columns": stage.ofm[2],
            "elements": tile.last - tile.first,
        }
        for name, each in operands.items():
            window = self.window(each, tile)
            fields[name] = self.at(window, turn, start, 0, tile)
            fields[f"{name}_pitches"] = (window.row, window.pixel)
        reads = [
            self.window(each, tile).interval(turn, start, end, tile)
            for each in operator.reads
        ]
        if home := self.layout.parameters[number]:
            fields["table"] = At(home.name)
            reads.append(home.interval(0, 0, stage.parameter_bytes))
        writes = (self.window(tensor, tile).interval(turn, start, end, tile),)
        return Action(
            Engine.VECTOR, stage.mnemonic, number, fields, tuple(reads), writes
        )
