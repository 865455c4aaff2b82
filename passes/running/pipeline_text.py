"""The text of a pipeline, `'canonicalise,layout{rank=4}'`, as names and options.

    pipeline ::= element (`,` element)*  |  `builtin.module` `(` pipeline `)`
    element  ::= name (`{` option* `}`)?
    option   ::= name (`=` value (`,` value)*)?
    value    ::= integer | real | `true` | `false` | name | string in quotes

Blanks separate options and mean nothing elsewhere.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ...errors import AipuError

Value = bool | int | float | str

MODULE = "builtin.module"


class PipelineError(AipuError):
    """The text of a pipeline is wrong: a fault of the command line."""


@dataclass(frozen=True)
class Element:
    """A name in a pipeline, where it stands in the text, and its options.

    within: the named pipelines that it was found in.
    """

    name: str
    offset: int = 0
    options: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    within: tuple[str, ...] = ()


class Token(NamedTuple):
    """A word, a quoted string or a punctuation mark; at the end, nothing."""

    text: str
    offset: int

    @property
    def is_word(self) -> bool:
        return bool(self.text) and self.text not in PUNCTUATION


PUNCTUATION = frozenset("{}(),=")

TOKEN = re.compile(r'\s*("[^"]*"|[{}(),=]|[^\s{}(),="]+)')


def parse_pipeline(text: str) -> list[Element]:
    """The elements of a pipeline, in order.

    Raises:
        PipelineError: the text is malformed; a caret shows where.
    """
    return PipelineParser(text).pipeline()


def pipeline_error(text: str, offset: int, message: str, remedy: str = "") -> AipuError:
    """An error about the element of a pipeline that begins at `offset`."""
    word = TOKEN.match(text, offset)
    width = len(word[1]) if word else 1
    caret = " " * offset + "^" * width
    return PipelineError(f"{message}\n  {text}\n  {caret}", remedy=remedy)


class PipelineParser:
    """A parser with one token of lookahead."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = self._tokens()
        self.position = 0

    def pipeline(self) -> list[Element]:
        wrapped = self.peek.text == MODULE
        if wrapped:
            self.take()
            self.expect("(")
        elements = self._elements() if self.peek.is_word else []
        if wrapped:
            self.expect(")")
        if self.peek.text:
            raise self.error("expected a comma or the end of the pipeline")
        return elements

    def _elements(self) -> list[Element]:
        elements = [self._element()]
        while self.accept(","):
            elements.append(self._element())
        return elements

    def _element(self) -> Element:
        name = self.word("the name of a pass")
        options: dict[str, tuple[Value, ...]] = {}
        if self.accept("{"):
            while not self.accept("}"):
                token = self.peek
                option = self.word("the name of an option, or }").text
                if option in options:
                    raise self.error(f"option '{option}' is given twice", token)
                options[option] = self._values() if self.accept("=") else ()
        return Element(name.text, name.offset, options)

    def _values(self) -> tuple[Value, ...]:
        values = [parse_value(self.word("a value").text)]
        while self.accept(","):
            values.append(parse_value(self.word("a value").text))
        return tuple(values)

    @property
    def peek(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.peek
        self.position += 1
        return token

    def accept(self, mark: str) -> bool:
        if self.peek.text != mark:
            return False
        self.take()
        return True

    def expect(self, mark: str) -> None:
        if not self.accept(mark):
            raise self.error(f"expected {mark}")

    def word(self, wanted: str) -> Token:
        if not self.peek.is_word:
            raise self.error(f"expected {wanted}")
        return self.take()

    def error(self, message: str, token: Token | None = None) -> AipuError:
        found = token or self.peek
        return pipeline_error(self.text, found.offset, message)

    def _tokens(self) -> list[Token]:
        tokens: list[Token] = []
        position, end = 0, len(self.text.rstrip())
        while position < end:
            match = TOKEN.match(self.text, position)
            if match is None:
                raise pipeline_error(self.text, position, "a quote is not closed")
            tokens.append(Token(match[1], match.start(1)))
            position = match.end()
        return [*tokens, Token("", end)]


def parse_value(text: str) -> Value:
    """`true`, `false`, an integer, a real, or else a string."""
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text.strip('"')
