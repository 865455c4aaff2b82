"""The values of an IR's text: `7`, `1.5`, `true`, `int8`, `NONE`, `[[1,8,8,8],[1,10]]`.

    value := integer | real | true | false | word | list
    list  := "[" [ value { "," value } ] "]"

Spaces are not written and not minded.
"""

import re
from collections.abc import Sequence

Value = int | float | bool | str | list["Value"]

TOKEN = re.compile(r"\s*([\[\],]|[^\[\],]+)")
INTEGER = re.compile(r"[+-]?\d+")
REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf|nan")
WORDS: dict[str, Value] = {"true": True, "false": False}
DEEPEST = 8
"""Lists in lists in lists: shapes need two, and nobody more than four."""
LARGEST = 1 << 48
LONGEST_NUMBER = 40
"""Digits of a number; the largest that stands for anything has twenty."""


def parse_value(text: str) -> Value:
    """The value that `text` stands for.

    Raises:
        ValueError: brackets or commas do not fit together, or a number is too large.
    """
    lists: list[list[Value]] = [[]]
    after_value = False
    for token in TOKEN.findall(text):
        match token:
            case "[":
                if after_value or len(lists) > DEEPEST:
                    raise ValueError("an opening bracket too many")
                lists.append([])
            case "]":
                inner = lists.pop()
                if not lists or (inner and not after_value):
                    raise ValueError("a closing bracket too many")
                lists[-1].append(inner)
                after_value = True
            case ",":
                if not after_value or len(lists) == 1:
                    raise ValueError("a comma too many")
                after_value = False
            case _:
                if after_value:
                    raise ValueError("a comma or a bracket is missing")
                lists[-1].append(parse_scalar(token.strip()))
                after_value = True
    if len(lists) != 1 or len(lists[0]) > 1:
        raise ValueError("a closing bracket is missing")
    return lists[0][0] if lists[0] else ""


def parse_scalar(text: str) -> Value:
    """A number or a truth value; any other word is itself."""
    if len(text) <= LONGEST_NUMBER:
        if INTEGER.fullmatch(text):
            return whole(int(text))
        if REAL.fullmatch(text):
            return float(text)
    return WORDS.get(text, text)


def whole(number: int) -> int:
    """A number that can be an extent or an offset.

    Raises:
        ValueError: nothing in a network is so large.
    """
    if abs(number) > LARGEST:
        raise ValueError(f"expected a number of up to {LARGEST}")
    return number


def value_text(value: Value | Sequence[Value]) -> str:
    """The text that `parse_value` reads back as the same value."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return repr(value)
    return f"[{','.join(map(value_text, value))}]"
