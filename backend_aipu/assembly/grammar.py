"""Text to statements, by the grammar in `assembly.lark`."""

import re
from collections.abc import Sequence, Set
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from ...errors import AipuError
from .source import SourceText, excerpt

Line = Sequence[Token]
"""An instruction, or where a loop begins or ends; its first word says which."""


class BufferStatement(NamedTuple):
    """`.buffer name space at address bytes bytes slots slots`"""

    name: Token
    space: Token
    address: Token
    bytes: Token
    slots: Token | None


class TensorStatement(NamedTuple):
    """`.tensor name kind extents scale scale zero_point number layout axes`"""

    name: Token
    kind: Token
    shape: Token
    scale: Token | None
    zero_point: Token | None
    layout: Token | None


class SegmentStatement(NamedTuple):
    """`.segment name inputs ... outputs ...`"""

    name: Token
    inputs: Sequence[Token]
    outputs: Sequence[Token]


class NetworkStatement(NamedTuple):
    """`.network inputs ... outputs ...` with the tensors and segments behind it."""

    inputs: Sequence[Token]
    outputs: Sequence[Token]
    tensors: Sequence[TensorStatement]
    segments: Sequence[SegmentStatement]


class EntryStatement(NamedTuple):
    """`.entry name inputs ... outputs ...` and the lines that follow it."""

    name: Token
    inputs: Sequence[Token]
    outputs: Sequence[Token]
    lines: Sequence[Line]


class Statements(NamedTuple):
    """A whole text."""

    target: Token
    tokens: Sequence[Token]
    network: NetworkStatement | None
    buffers: Sequence[BufferStatement]
    entries: Sequence[EntryStatement]


EXPECTED = {
    "MNEMONIC": "an instruction",
    "FIELD": "a field (name=value)",
    "WAIT": "'wait' and tokens",
    "SIGNAL": "'signal' and tokens",
    "SOURCE": "a source (@name)",
    "SPACE": "a memory space",
    "KIND": "a kind of elements",
    "EXTENTS": "numbers in brackets",
    "REAL": "a real number",
    "NUMBER": "a number",
    "NAME": "a name",
    "_NEWLINE": "the end of the line",
    "$END": "the end of the text",
}
"""What a message calls the terminals; others are words, which it quotes."""

FIELD_HEAD = re.compile(r"(\w+)[ \t]*=[ \t]*")
FOUND = re.compile(r'"[^"\n]*"|[\w.]+|[^\s;]')


def read_statements(source: SourceText) -> Statements:
    """The statements of a text.

    Raises:
        AipuError: says where the text breaks the grammar, and what was expected there.
    """
    try:
        statements = grammar().parse(source.text + "\n", start="program")
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        offset = len(source.text) if at_end else error.token.start_pos
        raise _syntax_error(source, offset or 0, error.expected) from None
    except UnexpectedCharacters as error:
        raise _syntax_error(source, error.pos_in_stream or 0, error.allowed) from None
    assert isinstance(statements, Statements)
    return statements


@cache
def grammar() -> Lark:
    """The parser of the language."""
    return Lark(
        Path(__file__).with_name("assembly.lark").read_text("utf-8"),
        start=["program", "value"],
        parser="lalr",
        transformer=_ToStatements(),
    )


@cache
def pattern(terminal: str) -> re.Pattern[str]:
    """A terminal of the grammar as a regular expression."""
    return re.compile(grammar().get_terminal(terminal).pattern.to_regexp())


@cache
def keywords() -> frozenset[str]:
    """The words that a statement gives a meaning."""
    terminals = grammar().terminals
    return frozenset(t.pattern.value for t in terminals if t.pattern.type == "str")


class _ToStatements(Transformer[Token, Statements]):
    tokens = buffers = entries = tensors = segments = inputs = outputs = lines = list
    loop = end = instruction = list

    def target(self, words: list[Token]) -> Token:
        return words[0]

    scale = zero_point = layout = target

    @v_args(inline=True)
    def buffer(self, *words: Token) -> BufferStatement:
        return BufferStatement(*words)

    @v_args(inline=True)
    def tensor(self, *words: Token) -> TensorStatement:
        return TensorStatement(*words)

    @v_args(inline=True)
    def segment(
        self, name: Token, inputs: list[Token] | None, outputs: list[Token] | None
    ) -> SegmentStatement:
        return SegmentStatement(name, inputs or (), outputs or ())

    @v_args(inline=True)
    def network(
        self,
        inputs: list[Token] | None,
        outputs: list[Token] | None,
        tensors: list[TensorStatement],
        segments: list[SegmentStatement],
    ) -> NetworkStatement:
        return NetworkStatement(inputs or (), outputs or (), tensors, segments)

    @v_args(inline=True)
    def entry(
        self,
        name: Token,
        inputs: list[Token] | None,
        outputs: list[Token] | None,
        lines: list[Line],
    ) -> EntryStatement:
        return EntryStatement(name, inputs or (), outputs or (), lines)

    @v_args(inline=True)
    def program(
        self,
        target: Token,
        tokens: list[Token] | None,
        network: NetworkStatement | None,
        buffers: list[BufferStatement],
        entries: list[EntryStatement],
    ) -> Statements:
        return Statements(target, tokens or (), network, buffers, entries)


def _syntax_error(source: SourceText, offset: int, expected: Set[str]) -> AipuError:
    """What was found at an offset where the grammar has one of the `expected`."""
    field = FIELD_HEAD.match(source.text, offset)
    if field and "FIELD" in expected:
        found = _found(source, field.end())
        return source.error(field.end(), f"'{field[1]}' lacks a value, found {found}")
    found = _found(source, offset)
    words = sorted(map(_in_words, expected), key=_rank)
    close = get_close_matches(found, words, n=1, cutoff=0.7)
    remedy = f"did you mean {close[0]}?" if close else ""
    *most, last = words
    choice = f"{', '.join(most)} or {last}" if most else last
    return source.error(offset, f"expected {choice}, found {found}", remedy)


def _found(source: SourceText, offset: int) -> str:
    word = FOUND.match(source.text, offset)
    return f"'{excerpt(word[0])}'" if word else EXPECTED["_NEWLINE"]


def _in_words(name: str) -> str:
    """What a person calls a terminal."""
    if name in EXPECTED:
        return EXPECTED[name]
    return f"'{grammar().get_terminal(name).pattern.value}'"


def _rank(words: str) -> tuple[int, str]:
    """Words that a person would type come first."""
    order = [*EXPECTED.values()]
    return (order.index(words) if words in order else -1, words)
