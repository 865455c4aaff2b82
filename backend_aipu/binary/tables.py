"""A program as tables of bytes, and back: what the sections of a binary hold.

    .text          a word of 16 bytes for each instruction, as `isa` says
    .descriptors   the fields of instructions; equal ones are there once
    .aipu.tokens   name of each token                       (uint32)
    .aipu.buffers  name, space, address, bytes, slots       (5 uint32) of each buffer
    .aipu.entries  name, number of instructions             (2 uint32) of each entry,
                   numbers of inputs and outputs, then these (uint16 each)
    .aipu.strings  every name, ended by a zero byte

What the network is stands behind them (see `binary_network`). A name is the number of
its string. Entries share out the instructions in their order.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...dialects.aipu import Space
from ..descriptors import Descriptors
from ..fields import Names, Symbols
from ..isa import BY_MNEMONIC, BY_OPCODE, WORD_BYTES, InstructionSpec
from ..packing import pack, unpack
from ..program import Buffer, Entry, Instruction, Program, Value
from .elf import FormatError
from .network import NETWORK_TABLES, decode_network, encode_network

WORD = struct.Struct("<BxHHxxII")
assert WORD.size == WORD_BYTES
NO_DESCRIPTOR = 0xFFFFFFFF
TOKEN = struct.Struct("<I")
BUFFER = struct.Struct("<5I")
ENTRY = struct.Struct("<IIHH")
SPACES = tuple(Space)
TABLES = (
    ".text",
    ".descriptors",
    ".aipu.tokens",
    ".aipu.buffers",
    ".aipu.entries",
    ".aipu.strings",
    *NETWORK_TABLES,
)


class Word(NamedTuple):
    """An instruction in `.text`."""

    opcode: int
    wait: int
    signal: int
    source: int
    descriptor: int


class EntryHead(NamedTuple):
    """How an entry begins in `.aipu.entries`."""

    name: int
    instructions: int
    inputs: int
    outputs: int


def encode(program: Program, *, relative: bool = True) -> dict[str, bytes]:
    """The contents of the sections, of a sound program (see `validate`).

    Descriptors are `relative` to those before, or stand for themselves.
    """
    strings = _Numbers()
    symbols = Symbols(strings, program.buffer_number)
    tokens = [TOKEN.pack(strings[token]) for token in program.tokens]
    buffers = [
        BUFFER.pack(strings[b.name], SPACES.index(b.space), b.address, b.bytes, b.slots)
        for b in program.buffers
    ]
    entries = [_encode_entry(entry, symbols) for entry in program.entries]
    masks = {token: 1 << number for number, token in enumerate(program.tokens)}
    stored, descriptors = _Stored(), Descriptors(relative=relative)
    words = [
        Word(
            opcode=BY_MNEMONIC[instruction.mnemonic].opcode,
            wait=sum(masks[token] for token in instruction.wait),
            signal=sum(masks[token] for token in instruction.signal),
            source=strings[instruction.source],
            descriptor=stored.add(_encode_fields(instruction, symbols, descriptors)),
        )
        for entry in program.entries
        for instruction in entry.instructions
    ]
    network = encode_network(program.network, strings)
    return {
        ".text": b"".join(WORD.pack(*word) for word in words),
        ".descriptors": bytes(stored.data),
        ".aipu.tokens": b"".join(tokens),
        ".aipu.buffers": b"".join(buffers),
        ".aipu.entries": b"".join(entries),
        ".aipu.strings": b"".join(string.encode() + b"\0" for string in strings),
        **network,
    }


class _Numbers(dict[str, int]):
    """Strings by number; a new one gets the next."""

    def __missing__(self, string: str) -> int:
        self[string] = len(self)
        return self[string]


class _Stored:
    """Descriptors one after another, equal ones once."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._offsets = {b"": NO_DESCRIPTOR}

    def add(self, descriptor: bytes) -> int:
        """The offset of a descriptor."""
        if descriptor not in self._offsets:
            self._offsets[descriptor] = len(self.data)
            self.data += descriptor
        return self._offsets[descriptor]


def _encode_entry(entry: Entry, symbols: Symbols) -> bytes:
    numbers = [symbols.buffers[name] for name in (*entry.inputs, *entry.outputs)]
    head = EntryHead(
        name=symbols.strings[entry.name],
        instructions=len(entry.instructions),
        inputs=len(entry.inputs),
        outputs=len(entry.outputs),
    )
    return ENTRY.pack(*head) + struct.pack(f"<{len(numbers)}H", *numbers)


def _encode_fields(
    instruction: Instruction, symbols: Symbols, descriptors: Descriptors
) -> bytes:
    mnemonic = instruction.mnemonic
    numbers = BY_MNEMONIC[mnemonic].numbers(instruction.fields, symbols)
    return pack(descriptors.differences(mnemonic, numbers))


def decode(
    sections: Mapping[str, memoryview], target: str, *, relative: bool = True
) -> Program:
    """The program of sections; it can still be unsound (see `validate`).

    Descriptors are `relative` to those before, or stand for themselves.

    Raises:
        FormatError: the tables do not fit each other.
    """
    try:
        return _decode(
            {name: bytes(sections.get(name, b"")) for name in TABLES},
            target,
            Descriptors(relative=relative),
        )
    except (IndexError, UnicodeDecodeError, struct.error) as error:
        raise FormatError("damaged: its tables do not fit each other") from error


def _decode(
    sections: Mapping[str, bytes], target: str, descriptors: Descriptors
) -> Program:
    *strings, _ = (string.decode() for string in sections[".aipu.strings"].split(b"\0"))
    tokens = [strings[n] for (n,) in TOKEN.iter_unpack(sections[".aipu.tokens"])]
    buffers = [
        Buffer(strings[name], SPACES[space], address, size, slots)
        for name, space, address, size, slots in BUFFER.iter_unpack(
            sections[".aipu.buffers"]
        )
    ]
    names = Names(strings, [buffer.name for buffer in buffers])
    instructions = list(_instructions(sections, tokens, names, descriptors))
    entries = list(_entries(sections[".aipu.entries"], names, instructions))
    if sum(len(entry.instructions) for entry in entries) != len(instructions):
        raise FormatError("damaged: the entries do not share out the instructions")
    network = decode_network(sections, strings)
    return Program(target, tuple(tokens), tuple(buffers), tuple(entries), network)


def _entries(
    table: bytes, names: Names, instructions: Sequence[Instruction]
) -> Iterator[Entry]:
    """The entries, each with its share of the instructions."""
    offset = first = 0
    while offset < len(table):
        head = EntryHead(*ENTRY.unpack_from(table, offset))
        layout = f"<{head.inputs + head.outputs}H"
        numbers = struct.unpack_from(layout, table, offset + ENTRY.size)
        buffers = tuple(names.buffers[int(number)] for number in numbers)
        yield Entry(
            names.strings[head.name],
            buffers[: head.inputs],
            buffers[head.inputs :],
            tuple(instructions[first : first + head.instructions]),
        )
        offset += ENTRY.size + struct.calcsize(layout)
        first += head.instructions


def _instructions(
    sections: Mapping[str, bytes],
    tokens: Sequence[str],
    names: Names,
    descriptors: Descriptors,
) -> Iterator[Instruction]:
    for fields in WORD.iter_unpack(sections[".text"]):
        word = Word(*fields)
        spec = BY_OPCODE.get(word.opcode)
        if spec is None:
            raise FormatError(f"damaged: unknown opcode {word.opcode:#04x}")
        yield Instruction(
            spec.mnemonic,
            _fields(spec, word, sections[".descriptors"], descriptors, names),
            _tokens(word.wait, tokens),
            _tokens(word.signal, tokens),
            names.strings[word.source],
        )


def _fields(
    spec: InstructionSpec,
    word: Word,
    stored: bytes,
    descriptors: Descriptors,
    names: Names,
) -> Mapping[str, Value]:
    offset = word.descriptor
    try:
        differences, _ = unpack(stored, offset, spec.width) if spec.fields else ([], 0)
    except IndexError:
        message = f"damaged: no descriptor of {spec.mnemonic} at {offset:#x}"
        raise FormatError(message) from None
    numbers = descriptors.numbers(spec.mnemonic, differences)
    values: dict[str, Value] = {}
    start = 0
    for field in spec.fields:
        own = numbers[start : start + field.width]
        field.check(own)
        values[field.name] = field.value(own, names)
        start += field.width
    return values


def _tokens(mask: int, tokens: Sequence[str]) -> tuple[str, ...]:
    return tuple(tokens[n] for n in range(mask.bit_length()) if mask >> n & 1)
