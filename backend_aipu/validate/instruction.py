"""Whether one instruction is sound, where it stands: its fields, tokens and loops."""

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...dialects.aipu import Extent, Index
from ...dialects.aipu.index import MAX_DEPTH
from ..faults import Fault, is_text, unknown
from ..fields import (
    CreditsField,
    Field,
    IndicesField,
    IntegersField,
    ReferenceField,
    Symbols,
)
from ..isa import BY_MNEMONIC, InstructionSpec
from ..program import Buffer, Instruction, Reference, Value


@dataclass(frozen=True)
class Scope:
    """What an instruction can name."""

    tokens: Sequence[str]
    buffers: Mapping[str, Buffer]
    symbols: Symbols


def instruction_faults(
    instruction: Instruction, loops: Sequence[Instruction], scope: Scope
) -> Iterator[Fault]:
    """What is wrong with an instruction inside of `loops`, the outermost first."""
    spec = BY_MNEMONIC.get(instruction.mnemonic)
    if spec is None:
        yield unknown("instruction", instruction.mnemonic, BY_MNEMONIC, "mnemonic")
        return
    yield from _field_name_faults(instruction, spec)
    if not is_text(instruction.source):
        yield Fault("the source's name is not text", part="source")
    for part, names in (("wait", instruction.wait), ("signal", instruction.signal)):
        if names:
            yield from _token_faults(spec, part, names, scope.tokens)
    for field in spec.fields:
        value = instruction.fields[field.name]
        for fault in _value_faults(field, value, len(loops), scope):
            yield fault._replace(part=field.name)
    if instruction.mnemonic in STRUCTURE:
        yield from STRUCTURE[instruction.mnemonic](instruction, loops)


def _field_name_faults(
    instruction: Instruction, spec: InstructionSpec
) -> Iterator[Fault]:
    names = [field.name for field in spec.fields]
    for name in instruction.fields:
        if name not in names:
            yield unknown(f"field of {spec.mnemonic}", name, names, name)
    missing = [name for name in names if name not in instruction.fields]
    if missing:
        yield Fault(f"{spec.mnemonic} lacks {', '.join(missing)}")


def _token_faults(
    spec: InstructionSpec, part: str, names: Sequence[str], tokens: Sequence[str]
) -> Iterator[Fault]:
    if not spec.has_tokens:
        yield Fault(
            f"{spec.mnemonic} cannot {part}",
            "only instructions in the queue of an engine can",
            part,
        )
    for number, name in enumerate(names):
        if name not in tokens:
            yield unknown("token", name, tokens, part)
        elif name in names[:number]:
            yield Fault(f"the token '{name}' is there twice", "", part, name)
        elif number and tokens.index(name) < tokens.index(names[number - 1]):
            yield Fault("the tokens are not in the order of the program's", "", part)


def _value_faults(
    field: Field, value: Value, depth: int, scope: Scope
) -> Iterator[Fault]:
    if isinstance(value, str) and not is_text(value):
        yield Fault(f"'{field.name}' is not text: {value!r}")
    if isinstance(field, ReferenceField) and isinstance(value, Reference):
        yield from _reference_faults(field, value, scope.buffers)
    if isinstance(field, CreditsField) and isinstance(value, tuple):
        yield from _credit_faults(value, scope.tokens)
    for index in _indices(value):
        if len(index.strides) > depth:
            count = len(index.strides)
            yield Fault(
                f"'{field.name}' follows {count} loops; loops around it: {depth}"
            )
        if index.strides and index.strides[-1] == 0:
            yield Fault(f"the last stride of '{field.name}' must not be zero")
    try:
        field.check(field.numbers(value, scope.symbols))
    except struct.error:
        yield Fault(_misfit(field, value, scope.symbols))


def _reference_faults(
    field: ReferenceField, value: Reference, buffers: Mapping[str, Buffer]
) -> Iterator[Fault]:
    if value.buffer not in buffers:
        yield unknown("buffer", value.buffer, buffers)
    elif (space := buffers[value.buffer].space) not in field.spaces:
        allowed = " or ".join(field.spaces)
        yield Fault(
            f"'{field.name}' must be in {allowed}, '{value.buffer}' is in {space}",
            word=value.buffer,
        )


def _credit_faults(
    counts: tuple[object, ...], tokens: Sequence[str]
) -> Iterator[Fault]:
    if len(counts) > len(tokens):
        yield Fault(f"credits for {len(counts)} tokens, the program has {len(tokens)}")
    if counts and not counts[-1]:
        yield Fault("the last credit must not be zero: leave it out")


def _indices(value: Value) -> Sequence[Index]:
    """The affine functions in a value."""
    match value:
        case Index():
            return (value,)
        case Extent():
            return (value.position,)
        case Reference():
            return (value.slot, value.byte)
        case tuple():
            return [entry for entry in value if isinstance(entry, Index)]
        case _:
            return ()


def _misfit(field: Field, value: Value, symbols: Symbols) -> str:
    """Why a value does not fit its encoding."""
    numbers = field.numbers(value, symbols)
    limits = list(_limits(field.format))
    if len(numbers) != len(limits) and isinstance(field, IntegersField | IndicesField):
        assert isinstance(value, tuple)
        return f"'{field.name}' has {field.count} entries, found {len(value)}"
    for number, (low, high) in zip(numbers, limits, strict=True):
        if not low <= number <= high:
            return f"'{field.name}' must be {low} to {high}, found {number}"
    raise AssertionError(f"{value} fits {field}")


def _limits(format: str) -> Iterator[tuple[int, int]]:
    """The least and greatest of each number of a `struct` format."""
    for count, code in re.findall(r"(\d*)([a-zA-Z])", format):
        values = 1 << 8 * struct.calcsize(f"<{code}")
        low = 0 if code.isupper() else -values // 2
        yield from [(low, low + values - 1)] * int(count or 1)


def _idle_faults(
    instruction: Instruction, loops: Sequence[Instruction]
) -> Iterator[Fault]:
    """Of what waits until all engines are idle."""
    if loops:
        mnemonic = instruction.mnemonic
        yield Fault(
            f"a {mnemonic} inside of the loop '{loops[-1].fields['counter']}'",
            f"a {mnemonic} waits until all engines are idle: close the loops before it",
        )


def _loop_faults(loop: Instruction, loops: Sequence[Instruction]) -> Iterator[Fault]:
    counter = str(loop.fields["counter"])
    if len(loops) >= MAX_DEPTH:
        yield Fault(f"hardware loops nest {MAX_DEPTH} deep, '{counter}' is one more")
    if any(outer.fields["counter"] == counter for outer in loops):
        yield Fault(
            f"a loop around it counts '{counter}' too",
            "name the counters of nested loops differently",
            "counter",
            counter,
        )
    if loop.fields["count"] == 0:
        yield Fault("a loop runs at least once", part="count")


def _end_faults(end: Instruction, loops: Sequence[Instruction]) -> Iterator[Fault]:
    if not loops:
        yield Fault("a loop ends here, but none is open")
    elif loops[-1].source != end.source:
        yield Fault("the end of a loop has another source than the loop", part="source")


STRUCTURE = {
    **dict.fromkeys(("launch", "join", "resume", "follow"), _idle_faults),
    "loop": _loop_faults,
    "end": _end_faults,
}
