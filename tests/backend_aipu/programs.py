"""Random sound programs, made from the instruction table itself.

from aipu.tests.backend_aipu.programs import programs, weights_of
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from aipu.backend_aipu.fields import (
    ChoiceField,
    CreditsField,
    ExtentField,
    Field,
    IndexField,
    IndicesField,
    IntegerField,
    IntegersField,
    ReferenceField,
    StringField,
)
from aipu.backend_aipu.isa import BY_MNEMONIC, IDLE
from aipu.backend_aipu.program import (
    Buffer,
    Entry,
    Instruction,
    Program,
    Reference,
    Value,
)
from aipu.dialects.aipu import Extent, Index, Space, index
from aipu.dialects.aipu.index import MAX_DEPTH
from aipu.dialects.aipu.program import MAX_TOKENS
from aipu.tests.backend_aipu.networks import networks

ODD_NAMES = (
    "",
    " ",
    "7",
    "-1",
    "wait",
    "signal",
    "inputs",
    "at",
    "loop",
    "a b",
    'say "hi"',
    "back\\slash",
    "semi;colon",
    "#1",
    "[0]",
    "row*2",
    "a, b",
    "@node",
    "x=3",
    "Straße/卷积:0",
    "two\nlines",
    "\u2028",
    "stage1/conv/Conv2D",
)


PLAIN_NAMES = st.from_regex(r"[a-z]{1,3}(\.[a-z]{1,3})?", fullmatch=True)
ASCII_NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=9)
NAMES = st.one_of(
    PLAIN_NAMES,
    ASCII_NAMES,
    st.sampled_from(ODD_NAMES),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9
    ),
)
"""Plain ones, odd ones, and any text that has no zero byte."""


@st.composite
def programs(draw: st.DrawFn, names: st.SearchStrategy[str] = NAMES) -> Program:
    """A sound program with any instructions, but without a meaning."""
    tokens = draw(st.lists(names, unique=True, max_size=MAX_TOKENS))
    buffers = draw(_buffers(names))
    scope = Scope(names, tuple(tokens), tuple(buffers))
    entry_names = draw(st.lists(names, unique=True, max_size=3))
    some = st.lists(
        st.sampled_from([buffer.name for buffer in buffers]), unique=True, max_size=2
    )
    begun: set[Value] = set()
    entries = [
        Entry(
            name,
            tuple(draw(some)),
            tuple(draw(some)),
            tuple(_unless_begun(draw(_body(scope)), begun)),
        )
        for name in entry_names
    ]
    program = Program(draw(names), scope.tokens, scope.buffers, tuple(entries))
    network = draw(st.none() | networks(program, names))
    return replace(program, network=network)


def _unless_begun(body: list[Instruction], begun: set[Value]) -> Iterator[Instruction]:
    """Without what begins a piece of work again."""
    for instruction in body:
        work = instruction.fields.get("work")
        if work is None or work not in begun:
            yield instruction
        if work is not None:
            begun.add(work)


def weights_of(program: Program, seed: int = 0) -> Mapping[str, np.ndarray]:
    """Random bytes for every buffer of weights."""
    random = np.random.default_rng(seed)
    return {
        buffer.name: random.integers(0, 256, buffer.bytes * buffer.slots, np.uint8)
        for buffer in program.buffers
        if buffer.space is Space.WEIGHTS
    }


@st.composite
def _buffers(draw: st.DrawFn, names: st.SearchStrategy[str]) -> list[Buffer]:
    """At least one buffer of each space; the weights one after another."""
    unique = draw(st.lists(names, unique=True, min_size=3, max_size=8))
    others = st.lists(st.sampled_from(Space), min_size=len(unique) - 3, max_size=8)
    spaces = draw(st.permutations([*Space, *draw(others)[: len(unique) - 3]]))
    buffers: list[Buffer] = []
    address = 0
    for name, space in zip(unique, spaces, strict=True):
        if space is Space.WEIGHTS:
            size, slots = draw(st.integers(1, 40)), draw(st.integers(1, 3))
            buffers.append(Buffer(name, space, address, size, slots))
            address = buffers[-1].end
        else:
            size, slots = draw(st.integers(1, 1 << 20)), draw(st.integers(1, 64))
            start = draw(st.integers(0, (1 << 32) - size * slots))
            buffers.append(Buffer(name, space, start, size, slots))
    return buffers


@dataclass(frozen=True)
class Scope:
    """What an instruction can name; `loops` are the counters around it."""

    names: st.SearchStrategy[str]
    tokens: tuple[str, ...]
    buffers: tuple[Buffer, ...]
    loops: tuple[str, ...] = ()


@st.composite
def _body(draw: st.DrawFn, scope: Scope) -> list[Instruction]:
    """Instructions and loops, as the table and the depth allow."""
    excluded = {"end"}
    if scope.loops:
        excluded |= IDLE
    if len(scope.loops) == MAX_DEPTH:
        excluded.add("loop")
    mnemonics = st.sampled_from(sorted(BY_MNEMONIC.keys() - excluded))
    body: list[Instruction] = []
    for mnemonic in draw(st.lists(mnemonics, max_size=4)):
        if mnemonic == "loop":
            body += draw(_loops(scope))
        else:
            body.append(draw(instructions(mnemonic, scope)))
    return body


@st.composite
def _loops(draw: st.DrawFn, scope: Scope) -> list[Instruction]:
    counter = draw(scope.names.filter(lambda name: name not in scope.loops))
    fields = {"counter": counter, "count": draw(st.integers(1, (1 << 32) - 1))}
    source = draw(scope.names)
    inner = replace(scope, loops=(*scope.loops, counter))
    return [
        Instruction("loop", fields, source=source),
        *draw(_body(inner)),
        Instruction("end", source=source),
    ]


@st.composite
def instructions(draw: st.DrawFn, mnemonic: str, scope: Scope) -> Instruction:
    """An instruction with any values in its fields."""
    spec = BY_MNEMONIC[mnemonic]
    fields = {field.name: draw(_values(field, scope)) for field in spec.fields}
    tokens = st.sets(st.sampled_from(scope.tokens)) if scope.tokens else st.just(set())
    wait, signal = (
        tuple(sorted(draw(tokens), key=scope.tokens.index)) if spec.has_tokens else ()
        for _ in range(2)
    )
    return Instruction(mnemonic, fields, wait, signal, draw(scope.names))


def _values(field: Field, scope: Scope) -> st.SearchStrategy[Value]:
    """The values that a field can hold."""
    match field:
        case CreditsField():
            counts = st.lists(st.integers(0, 255), max_size=len(scope.tokens))
            return counts.filter(lambda counts: not counts or counts[-1]).map(tuple)
        case IntegersField(count=count, code=code):
            return st.tuples(*[_integers(code)] * count)
        case IntegerField(code=code):
            return _integers(code)
        case StringField():
            return scope.names
        case ChoiceField(choices=choices):
            return st.sampled_from(list(choices))
        case IndexField():
            return _indices(scope)
        case IndicesField(count=count):
            return st.tuples(*[_indices(scope)] * count)
        case ExtentField():
            return st.builds(Extent, _integers("I"), _integers("I"), _indices(scope))
        case ReferenceField(spaces=spaces):
            buffers = [b.name for b in scope.buffers if b.space in spaces]
            return st.builds(
                Reference, st.sampled_from(buffers), _indices(scope), _indices(scope)
            )
    raise AssertionError(f"no values for {field}")


def _integers(code: str) -> st.SearchStrategy[int]:
    """The numbers of a `struct` type."""
    bits = 8 * struct.calcsize(f"<{code}")
    low = 0 if code.isupper() else -(1 << (bits - 1))
    return st.integers(low, low + (1 << bits) - 1)


def _indices(scope: Scope) -> st.SearchStrategy[Index]:
    """Zero, or any function of the loops around."""
    strides = st.lists(_integers("i"), max_size=len(scope.loops))
    return st.one_of(st.just(Index()), st.builds(index, _integers("i"), strides))
