"""A nest as instructions: loads, steps and stores at their levels, joined by tokens.

Every ring `x` has two tokens. A producer takes `x.free` and gives `x.full`, a consumer
takes `x.full` and gives `x.free`; so the engines run ahead of each other by as many
tiles as the ring has slots. Where a ring is renewed less often than its consumer runs,
a `sync` takes and gives its tokens around the inner loops.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...backend_aipu.isa import complete
from ...backend_aipu.program import Instruction, Reference, Value
from ...dialects.aipu import Engine, Index
from ..scheduling.tiled.nest import (
    FieldValue,
    LoopIndex,
    Nest,
    Ring,
    Share,
    Step,
    Transfer,
)
from .feature_maps import InDram

NEST_DONE = "nest.done"


@dataclass(frozen=True)
class Names:
    """The buffers of a nest's rings and tensors, and what its instructions come from.

    `numbers` are the rest of the fields of what computes, `source` is the node of all
    of it; `fill` is what padding holds.
    """

    rings: Mapping[str, str]
    tensors: Mapping[str, InDram]
    numbers: Mapping[str, Value]
    source: str
    fill: int


def emit(nest: Nest[int], names: Names) -> list[Instruction]:
    """The instructions of a nest."""
    return list(_Emitter(nest, names).level(0))


def emit_all(
    nests: Sequence[Nest[int]], names: Sequence[Names]
) -> Iterator[list[Instruction]]:
    """The instructions of nests that use the same SRAM, one nest after another."""
    for number, (nest, its_names) in enumerate(zip(nests, names, strict=True)):
        instructions = emit(nest, its_names)
        if number:
            source = its_names.source
            instructions = [
                _sync(Engine.STORE, (), (NEST_DONE,), source),
                _sync(Engine.LOAD, (NEST_DONE,), (), source),
                *instructions,
            ]
        yield instructions


def credits(nests: Sequence[Nest[int]]) -> dict[str, int]:
    """The count that each token must start with."""
    rings = [ring for nest in nests for ring in nest.rings if ring.level]
    return {_free(ring): ring.slots for ring in rings}


def _free(ring: Ring[int]) -> str:
    return f"{ring.name}.free"


def _full(ring: Ring[int]) -> str:
    return f"{ring.name}.full"


def _sync(
    engine: Engine, wait: tuple[str, ...], signal: tuple[str, ...], source: str
) -> Instruction:
    return Instruction("sync", {"engine": engine}, wait, signal, source)


class _Emitter:
    """Emits one nest, level by level from the outside."""

    def __init__(self, nest: Nest[int], names: Names):
        self.nest = nest
        self.names = names
        self.rings = {ring.name: ring for ring in nest.rings}

    def level(self, level: int) -> Iterator[Instruction]:
        """Everything inside of the first `level` loops."""
        for load in self.nest.loads:
            if self.rings[load.ring].level == level:
                yield self._transfer("dma.load", load)
        yield from self._syncs(level, before=True)
        if level < len(self.nest.loops):
            loop = self.nest.loops[level]
            source = self.names.source
            fields = {"counter": loop.name, "count": loop.count}
            yield Instruction("loop", fields, source=source)
            yield from self.level(level + 1)
            yield Instruction("end", source=source)
        yield from self._syncs(level, before=False)
        if self.nest.step and level == len(self.nest.loops):
            yield self._step(self.nest.step)
        for store in self.nest.stores:
            if self.rings[store.ring].level == level:
                yield self._transfer("dma.store", store)

    def _syncs(self, level: int, *, before: bool) -> Iterator[Instruction]:
        """Tokens of rings that are renewed here, and used by the step further in."""
        step = self.nest.step
        if step is None or level == len(self.nest.loops):
            return
        reads = self._at(level, step.reads)
        writes = self._at(level, step.writes)
        renewed = [ring for ring in reads if level]
        if before:
            wait = (*map(_full, reads), *(_free(r) for r in writes if level))
            signal: tuple[str, ...] = ()
        else:
            wait = ()
            signal = (*map(_free, renewed), *map(_full, writes))
        if wait or signal:
            yield _sync(step.engine, wait, signal, self.names.source)

    def _at(self, level: int, operands: Mapping[str, str]) -> list[Ring[int]]:
        rings = (self.rings[name] for name in dict.fromkeys(operands.values()))
        return [ring for ring in rings if ring.level == level]

    def _transfer(self, mnemonic: str, transfer: Transfer[int]) -> Instruction:
        ring = self.rings[transfer.ring]
        loops = self.nest.names
        tensor = self.names.tensors[transfer.tensor]
        first = tensor.byte + transfer.view.offset
        fields: dict[str, Value] = {
            "sram": self._reference(ring.name, LoopIndex()),
            "dram": Reference(tensor.buffer, byte=Index(first)),
            "shape": transfer.view.shape,
            "strides": transfer.view.strides,
            "origin": tuple(position.index(loops) for position in transfer.origin),
            "box": transfer.box,
        }
        if mnemonic == "dma.load":
            fields["fill"] = self.names.fill if transfer.padded else 0
            wait, signal = (_free(ring),), (_full(ring),)
        else:
            wait, signal = (_full(ring),), (_free(ring),)
        if not ring.level:
            wait = tuple(token for token in wait if token != _free(ring))
            signal = tuple(token for token in signal if token != _free(ring))
        return Instruction(mnemonic, fields, wait, signal, self.names.source)

    def _step(self, step: Step[int]) -> Instruction:
        level = len(self.nest.loops)
        reads, writes = self._at(level, step.reads), self._at(level, step.writes)
        frees = bool(level)
        fields: dict[str, Value] = {
            name: self._value(value) for name, value in step.fields.items()
        }
        for operand, ring in (*step.reads.items(), *step.writes.items()):
            fields[operand] = self._reference(ring, step.byte.get(operand, LoopIndex()))
        return Instruction(
            step.mnemonic,
            complete(step.mnemonic, {**fields, **self.names.numbers}),
            (*map(_full, reads), *(_free(ring) for ring in writes if frees)),
            (*(_free(ring) for ring in reads if frees), *map(_full, writes)),
            self.names.source,
        )

    def _reference(self, ring: str, byte: LoopIndex[int]) -> Reference:
        loops = self.nest.names
        turn = self.rings[ring].turn(self.nest.loops)
        return Reference(self.names.rings[ring], turn.index(loops), byte.index(loops))

    def _value(self, value: FieldValue[int]) -> Value:
        if isinstance(value, LoopIndex):
            return value.index(self.nest.names)
        if isinstance(value, Share):
            return value.extent(self.nest.names)
        return value
