"""Damage to the text of a program: something dropped, moved, doubled or changed.

A text is a list of statements here: an instruction, a brace, or a line of the head.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np

Random = np.random.Generator
Statements = Sequence[str]
Damage = Callable[[Random, list[str]], list[str]]

COMMENT = re.compile(r"\s*;.*")
BEGINS = re.compile(
    r"\s*(\.\w|launch |join |follow |resume\b|loop |sync |\}|\w+\.\w+ )"
)
NUMBER = re.compile(r"(?<![\w.])-?(?:0x[0-9a-f]+|\d+)(?![\w.])")
TOKENS = re.compile(r"(wait|signal) ([^@\s,]+(?:, [^@\s,]+)*)")
BUFFER = re.compile(r"\.buffer (\S+) +(\w+)")
OPERAND = re.compile(r"(?<=(?:sram|dram| ifm| ofm| lhs| rhs)=)\S+?(?=[\s\[])")


def statements(text: str) -> list[str]:
    """The statements of a text; one that goes on in further lines is joined."""
    found: list[str] = []
    for line in filter(str.strip, COMMENT.sub("", text).splitlines()):
        if BEGINS.match(line):
            found.append(line)
        else:
            found[-1] += " " + line.strip()
    return found


def damaged(random: Random, text: Statements) -> list[str]:
    """One change of a kind that is drawn; none if it does not apply."""
    return DAMAGES[int(random.integers(len(DAMAGES)))](random, list(text))


def without_token(random: Random, text: list[str]) -> list[str]:
    """A wait or a signal loses one of its tokens."""

    def shorter(match: re.Match[str]) -> str:
        tokens = match[2].split(", ")
        del tokens[random.integers(len(tokens))]
        return f"{match[1]} {', '.join(tokens)}" if tokens else ""

    return one_place(random, text, TOKENS, shorter)


def other_token(random: Random, text: list[str]) -> list[str]:
    """A wait or a signal has one more token, of those that stand elsewhere."""
    lists = [names for each in text for _, names in TOKENS.findall(each)]
    known = [token for names in lists for token in names.split(", ")]

    def longer(match: re.Match[str]) -> str:
        return f"{match[1]} {match[2]}, {known[random.integers(len(known))]}"

    return one_place(random, text, TOKENS, longer)


def an_instruction(random: Random, text: list[str]) -> int:
    """The place of one; now and then, of a line of the head."""
    places = [at for at, each in enumerate(text) if not each.startswith(".")]
    if not places or random.random() < 0.1:
        return int(random.integers(len(text)))
    return places[random.integers(len(places))]


def without_statement(random: Random, text: list[str]) -> list[str]:
    del text[an_instruction(random, text)]
    return text


def moved_statement(random: Random, text: list[str]) -> list[str]:
    """A few places up or down."""
    at = an_instruction(random, text)
    statement = text.pop(at)
    to = max(at + int(random.choice([-3, -2, -1, 1, 2, 3])), 0)
    text.insert(min(to, len(text)), statement)
    return text


def doubled_statement(random: Random, text: list[str]) -> list[str]:
    statement = text[an_instruction(random, text)]
    text.insert(an_instruction(random, text), statement)
    return text


def other_number(random: Random, text: list[str]) -> list[str]:
    """An address, a count, a side of a box, a stride, a clamp: a number near it."""

    def changed(match: re.Match[str]) -> str:
        number = int(match[0], 0)
        near = [number + step for step in (-16, -4, -2, -1, 1, 1, 2, 4, 16)]
        return str(random.choice([*near, 0, 1, 2 * number, number // 2, -number]))

    return one_place(random, text, NUMBER, changed)


def other_buffer(random: Random, text: list[str]) -> list[str]:
    """An operand lies in another buffer of the same memory."""
    spaces = dict(BUFFER.findall("\n".join(text)))

    def changed(match: re.Match[str]) -> str:
        space = spaces.get(match[0])
        names = [name for name, other in spaces.items() if other == space]
        return str(random.choice(names)) if space else match[0]

    return one_place(random, text, OPERAND, changed)


def one_place(
    random: Random,
    text: list[str],
    pattern: re.Pattern[str],
    change: Callable[[re.Match[str]], str],
) -> list[str]:
    """One of the places where a pattern is found, changed."""
    places = [
        (number, match)
        for number, statement in enumerate(text)
        for match in pattern.finditer(statement)
    ]
    if places:
        at, match = places[random.integers(len(places))]
        text[at] = text[at][: match.start()] + change(match) + text[at][match.end() :]
    return text


DAMAGES: Sequence[Damage] = (
    without_token,
    without_token,
    other_token,
    without_statement,
    moved_statement,
    moved_statement,
    doubled_statement,
    other_number,
    other_number,
    other_number,
    other_number,
    other_buffer,
)
