"""How the kinds of fields are written in a text, and read from it.

Every kind has a terminal of the grammar; a text that matches it is taken apart here.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from ...dialects.aipu import Extent, Index, index, whole
from ...errors import nearest
from ..fields import (
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
from ..program import Reference, Value
from .grammar import keywords, pattern
from .source import excerpt

CREDIT = r"({NAME})\s*:\s*({NUMBER})"
TERM = r"([-+\s]*)(?:(?:(\d\w*)\s*\*\s*)?({NAME})|(\d\w*))"
EXTENT = r"({NUMBER})(?:\s+of\s+({NUMBER})\s+at\s+(.*))?"
REFERENCE = r"({NAME})(?:\[\s*({INDEX})\s*\])?(.*)"
"""How forms are taken apart; the braces hold terminals of the grammar."""


@dataclass(frozen=True)
class Visible:
    """The names that a value can use where it stands."""

    tokens: Sequence[str] = ()
    counters: Sequence[str] = ()


class MisreadError(Exception):
    """A value that cannot be read: why, what to do, and the text that is wrong."""

    def __init__(self, message: str, remedy: str = "", word: str = ""):
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.word = word


@dataclass(frozen=True)
class Form:
    """How a kind of field looks: its terminal, in words, and both directions."""

    terminal: str
    words: str
    write: Callable[[Value, Visible], str]
    read: Callable[[str, Visible], Value]


def quoted(name: str) -> str:
    """A name as it is written: bare if it can be, or as a string of JSON."""
    if pattern("WORD").fullmatch(name) and name not in keywords():
        return name
    return json.dumps(name, ensure_ascii=not name.isprintable())


def unquoted(text: str) -> str:
    """The name that is written."""
    if not text.startswith('"'):
        return str(text)
    try:
        return json.loads(text, strict=False)
    except ValueError as error:
        raise MisreadError("not a string of JSON", word=text) from error


def write_value(field: Field, value: Value, visible: Visible) -> str:
    """A field's value as text."""
    return FORMS[type(field)].write(value, visible)


def read_value(field: Field, text: str, visible: Visible) -> Value:
    """The value that a text gives a field.

    Raises:
        MisreadError: the text has another form, or names what is not there.
    """
    form = FORMS[type(field)]
    if not pattern(form.terminal).fullmatch(text):
        message = f"'{field.name}' expects {form.words}, found '{excerpt(text)}'"
        raise MisreadError(message, word=text)
    value = form.read(text, visible)
    if isinstance(field, ChoiceField) and value not in list(field.choices):
        remedy = nearest(str(value), field.choices)
        raise MisreadError(f"'{field.name}' cannot be '{value}'", remedy, text)
    return value


def read_number(text: str) -> int:
    """A number in decimal or hexadecimal digits."""
    try:
        return int(text, 16) if "x" in text else int(text)
    except ValueError as error:
        raise MisreadError("the number has too many digits", word=text) from error


def read_names(text: str) -> list[str]:
    """The names of `wait a, b` or `signal a, b`."""
    _, *names = pattern("NAME").findall(text)
    return [unquoted(name) for name in names]


def _place(names: Sequence[str], text: str, what: str) -> int:
    """The place of a written name among `names`."""
    name = unquoted(text)
    if name not in names:
        remedy = nearest(name, names) if names else f"there is no {what} here"
        raise MisreadError(f"unknown {what} '{name}'", remedy, text)
    return names.index(name)


def _write_integer(value: Value, visible: Visible) -> str:
    return str(value)


def _read_integer(text: str, visible: Visible) -> Value:
    return read_number(text)


def _write_integers(value: Value, visible: Visible) -> str:
    assert isinstance(value, tuple)
    return f"[{', '.join(map(str, value))}]"


def _read_integers(text: str, visible: Visible) -> Value:
    return tuple(map(read_number, pattern("NUMBER").findall(text)))


def _write_credits(value: Value, visible: Visible) -> str:
    assert isinstance(value, tuple)
    counts = zip(visible.tokens, value, strict=False)
    words = [f"{quoted(token)}: {count}" for token, count in counts if count]
    return f"[{', '.join(words)}]"


def _read_credits(text: str, visible: Visible) -> Value:
    counts: dict[int, int] = {}
    for name, count in _pattern(CREDIT).findall(text):
        token = _place(visible.tokens, name, "token")
        if token in counts:
            raise MisreadError("the token is given twice", word=name)
        counts[token] = read_number(count)
    used = max((token + 1 for token, count in counts.items() if count), default=0)
    return tuple(counts.get(token, 0) for token in range(used))


def _write_string(value: Value, visible: Visible) -> str:
    return quoted(str(value))


def _read_string(text: str, visible: Visible) -> Value:
    return unquoted(text)


def _write_index(value: Value, visible: Visible) -> str:
    assert isinstance(value, Index | Extent)
    return value.text([quoted(name) for name in visible.counters])


def _read_index(text: str, visible: Visible) -> Index:
    base, strides = 0, [0] * len(visible.counters)
    for signs, factor, name, constant in _pattern(TERM).findall(text):
        sign = -1 if signs.count("-") % 2 else 1
        if name:
            depth = _place(visible.counters, name, "loop counter")
            strides[depth] += sign * (read_number(factor) if factor else 1)
        else:
            base += sign * read_number(constant)
    return index(base, strides)


def _write_indices(value: Value, visible: Visible) -> str:
    assert isinstance(value, tuple)
    indices = (_write_index(index, visible) for index in value)
    return f"[{', '.join(indices)}]"


def _read_indices(text: str, visible: Visible) -> Value:
    indices = pattern("INDEX").findall(text)
    return tuple(_read_index(index, visible) for index in indices)


def _read_extent(text: str, visible: Visible) -> Value:
    match = _pattern(EXTENT).fullmatch(text)
    assert match
    size, total, position = match.groups()
    if position is None:
        return whole(read_number(size))
    position = _read_index(position, visible)
    return Extent(read_number(size), read_number(total), position)


def _write_reference(value: Value, visible: Visible) -> str:
    assert isinstance(value, Reference)
    text = quoted(value.buffer)
    if value.slot != Index():
        text += f"[{_write_index(value.slot, visible)}]"
    if value.byte == Index():
        return text
    byte = _write_index(value.byte, visible)
    return f"{text} - {byte[1:]}" if byte.startswith("-") else f"{text} + {byte}"


def _read_reference(text: str, visible: Visible) -> Value:
    match = _pattern(REFERENCE).fullmatch(text)
    assert match
    name, slot, byte = match.groups()
    slot = _read_index(slot or "", visible)
    return Reference(unquoted(name), slot, _read_index(byte, visible))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A regular expression with terminals of the grammar, in braces."""
    return re.compile(
        re.sub(r"\{(\w+)\}", lambda name: pattern(name[1]).pattern, template)
    )


FORMS = {
    IntegerField: Form("NUMBER", "a number", _write_integer, _read_integer),
    IntegersField: Form(
        "NUMBERS", "numbers in brackets, as [3, 3]", _write_integers, _read_integers
    ),
    CreditsField: Form(
        "CREDITS",
        "counts of tokens, as [ifm.free: 2]",
        _write_credits,
        _read_credits,
    ),
    StringField: Form("NAME", "a name", _write_string, _read_string),
    ChoiceField: Form("NAME", "a word", _write_string, _read_string),
    IndexField: Form(
        "INDEX", "a sum of loop counters, as -3 + 16*row", _write_index, _read_index
    ),
    IndicesField: Form(
        "INDICES",
        "sums of loop counters, as [0, -3 + 16*row]",
        _write_indices,
        _read_indices,
    ),
    ExtentField: Form(
        "EXTENT",
        "a number, or what is left, as 8 of 56 at 8*row",
        _write_index,
        _read_extent,
    ),
    ReferenceField: Form(
        "REFERENCE",
        "a buffer name, as conv1.ifm[row] + 64",
        _write_reference,
        _read_reference,
    ),
}
