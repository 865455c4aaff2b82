"""What a prototxt says of its operators that nobody here knows, and that is left out.

Every fork of Caffe has fields of its own. Most of them are for training, but some say
how an operator computes: a network without them runs, and gives other results.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .schema import kinds

TOKEN = re.compile(
    r"""\#[^\n]*
      | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'
      | (?P<name>[A-Za-z_]\w*) (?=\s*[:{<])
      | (?P<opens>[{<])
      | (?P<closes>[}>])
    """,
    re.VERBOSE,
)
"""A comment, a text, the name of a field, or the bracket around a message."""

NETWORK = "NetParameter"
OUTSIDE = {NETWORK, "LayerParameter", "V1LayerParameter"}
"""Messages whose unknown fields are no matter: a layer that needs one is unknown."""

OF_TRAINING = {
    "bias_filler",
    "engine",
    "filler",
    "moving_average_fraction",
    "scale_train",
    "weight_filler",
}
"""What makes no difference to a network that is only run."""


class UnknownField(NamedTuple):
    """A field that was left out, the message it stands in, and its line from 1."""

    message: str
    name: str
    line: int


def unknown_fields(text: str) -> Iterator[UnknownField]:
    """The fields of operators in a prototxt, which must be one, that are not known."""
    messages = kinds()
    around, inside = [NETWORK], ""
    line, counted = 1, 0
    for token in TOKEN.finditer(text):
        message, name = around[-1], token["name"]
        if token["opens"]:
            around.append(inside)
        elif token["closes"]:
            inside = around.pop()
        elif name:
            inside = messages.get(message, {}).get(name, "")
            if not inside and is_of_operator(message, name):
                line += text.count("\n", counted, token.start())
                counted = token.start()
                yield UnknownField(message, name, line)


def is_of_operator(message: str, name: str) -> bool:
    """Whether a field may say how an operator computes."""
    return message in kinds().keys() - OUTSIDE and name not in OF_TRAINING
