"""Actions that compute: what an operator makes in a stripe."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ....backend_aipu.shared_fields import RECORD
from ....dialects.aipu import Engine
from ...machine_forms.stage import Kind
from .actions import Action, At, Corner, Number, Repeats
from .transfers import Transfers


@dataclass(frozen=True)
class Computing(Transfers):
    """What operators do; weights that are streamed come in beside it."""

    def operator(self, number: int, stripe: int) -> Iterator[Action | Repeats]:
        """What an operator makes in a stripe, and the padding below its last row."""
        tensor = self.graph.tensor_of(number)
        rows = self.stripes[stripe][tensor]
        height = self.graph.maps[tensor][1]
        start, end = max(rows.start, 0), min(rows.end, height)
        below = max(rows.start, height)
        if rows.end > below:
            window = self.window(tensor)
            at = self.at(window, stripe, below, -window.left)
            size = (rows.end - below) * window.row
            yield self.fill(tensor, at, at.byte, at.byte + size)
        if end <= start:
            return
        match self.graph.operators[number].stage.kind:
            case Kind.ELEMENTWISE:
                yield self._elementwise(number, stripe, start, end)
            case Kind.POOL:
                yield self._pool(number, stripe, start, end)
            case _:
                yield from self._multiplying(number, stripe, start, end)

    def _multiplying(
        self, number: int, stripe: int, start: int, end: int
    ) -> Iterator[Action | Repeats]:
        """A convolution, with all channels at once or tile by tile of its weights."""
        stage, weights = (
            self.graph.operators[number].stage,
            self.schedule.weights[number],
        )
        home = self.layout.weights[number]
        assert home is not None
        channels = stage.ofm[3]
        if not weights.slots:
            yield self._conv(number, stripe, (start, end), (0, channels), At(home.name))
            return
        each = stage.weight_bytes // channels
        tiles = range(0, channels, weights.channels)
        bodies: list[tuple[Action, ...]] = []
        for tile, first in enumerate(tiles):
            last = min(first + weights.channels, channels)
            slot = stripe * len(tiles) + tile
            size = (last - first) * each
            bodies.append(
                (
                    self.constant(
                        "weight",
                        number,
                        home,
                        slot,
                        first * each,
                        size,
                        stage.weight_bytes,
                    ),
                    self._conv(
                        number,
                        stripe,
                        (start, end),
                        (first, last),
                        At(home.name, slot),
                    ),
                )
            )
        yield Repeats(tuple(bodies))

    def _conv(
        self,
        number: int,
        stripe: int,
        rows: tuple[int, int],
        channels: tuple[int, int],
        weight: At,
    ) -> Action:
        stage = self.graph.operators[number].stage
        (first, last), (start, end) = channels, rows
        ofm = self.window(self.graph.tensor_of(number))
        home, records = self.layout.weights[number], self.layout.parameters[number]
        assert home is not None and records is not None
        depthwise = stage.kind is Kind.DEPTHWISE
        fields: dict[str, Number] = {
            **self._under(number, stripe, start, first if depthwise else 0),
            "weight": weight,
            "parameters": At(records.name, 0, first * stage.record),
            "ofm": self.at(ofm, stripe, start, 0, first),
            "rows": end - start,
            "columns": stage.ofm[2],
            "ofm_columns": ofm.width,
            "ofm_pitch": ofm.pixel,
            "channels": last - first,
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
            "dilation": stage.window.dilation,
        }
        if not depthwise:
            fields |= {"depth": stage.ifm[3], "dataflow": self.schedule.dataflow}
        size = (last - first) * (stage.weight_bytes // stage.ofm[3])
        return Action(
            Engine.MAC,
            stage.mnemonic,
            number,
            fields,
            (
                self._read(number, stripe, start, end),
                home.interval(weight.slot, 0, size),
                records.interval(0, first * stage.record, last * stage.record),
            ),
            (ofm.interval(stripe, start, end),),
        )

    def _pool(self, number: int, stripe: int, start: int, end: int) -> Action:
        operator = self.graph.operators[number]
        stage, window = operator.stage, operator.stage.window
        ofm = self.window(self.graph.tensor_of(number))
        fields: dict[str, Number] = {
            **self._under(number, stripe, start),
            "ofm": self.at(ofm, stripe, start),
            "rows": end - start,
            "columns": stage.ofm[2],
            "channels": stage.ofm[3],
            "ofm_columns": ofm.width,
            "ofm_pitch": ofm.pixel,
            "kernel": window.kernel,
            "stride": window.stride,
        }
        reads = [self._read(number, stripe, start, end)]
        if home := self.layout.parameters[number]:
            fields |= {
                "parameters": At(home.name),
                "counts": stage.parameter_bytes // RECORD,
                "inside": stage.ifm[1:3],
                "corner_row": Corner((operator.first_row(start),)),
                "corner_column": Corner((-window.pad[1],)),
            }
            reads.append(home.interval(0, 0, stage.parameter_bytes))
        writes = (ofm.interval(stripe, start, end),)
        return Action(
            Engine.VECTOR, stage.mnemonic, number, fields, tuple(reads), writes
        )

    def _under(
        self, number: int, stripe: int, start: int, channel: int = 0
    ) -> Mapping[str, Number]:
        """The ifm of a windowed operator, from the corner of its first window on."""
        operator = self.graph.operators[number]
        ifm = self.window(operator.reads[0])
        column = -operator.stage.window.pad[1]
        return {
            "ifm": self.at(ifm, stripe, operator.first_row(start), column, channel),
            "ifm_columns": ifm.width,
            "ifm_pitch": ifm.pixel,
        }

    def _read(self, number: int, stripe: int, start: int, end: int) -> tuple[int, int]:
        """The bytes that an operator reads of its first map."""
        operator = self.graph.operators[number]
        ifm = self.window(operator.reads[0])
        first, last = operator.first_row(start), operator.end_row(end)
        return ifm.interval(stripe, first, last)

    def _elementwise(self, number: int, stripe: int, start: int, end: int) -> Action:
        operator = self.graph.operators[number]
        stage = operator.stage
        tensor = self.graph.tensor_of(number)
        operands = dict(
            zip((*stage.operands, "ofm"), (*operator.reads, tensor), strict=True)
        )
        fields: dict[str, Number] = {
            "rows": end - start,
            "columns": stage.ofm[2],
            "elements": stage.ofm[3],
        }
        for name, each in operands.items():
            window = self.window(each)
            fields[name] = self.at(window, stripe, start)
            fields[f"{name}_pitches"] = (window.row, window.pixel)
        reads = [self.window(t).interval(stripe, start, end) for t in operator.reads]
        if home := self.layout.parameters[number]:
            fields["table"] = At(home.name)
            reads.append(home.interval(0, 0, stage.parameter_bytes))
        writes = (self.window(tensor).interval(stripe, start, end),)
        return Action(
            Engine.VECTOR, stage.mnemonic, number, fields, tuple(reads), writes
        )
