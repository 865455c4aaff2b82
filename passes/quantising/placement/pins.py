"""Pins: who runs an operator because a person says so.

    --host normal --host 'block3/*' --machine type:softmax

Or in the text, `pin = "host"`. Where an operator has a pin by its own name, and another
by that of its node, its own holds; other pins to both sides contradict each other. The
parts of a composite are pinned by their own names, as if nothing had been fused.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation

from ....dialects import nn
from ....errors import AipuError
from ...authoring.places import HOST, MACHINE, PIN, PLACE, REASON
from .patterns import Meaning, Patterns, parts_of, whole_of


class Pins(NamedTuple):
    """Patterns of the operators that run on the host, and on the machine."""

    host: Sequence[str] = ()
    machine: Sequence[str] = ()

    def options(self) -> dict[str, str]:
        """As options of the pass `place-operators`.

        Raises:
            AipuError: a pattern holds a double quote, which no pipeline can say.
        """
        sides = {HOST: self.host, MACHINE: self.machine}
        for side, patterns in sides.items():
            for pattern in patterns:
                if '"' in pattern:
                    raise AipuError(
                        "a pattern cannot hold a double quote",
                        place=said(pattern, side),
                        remedy="write ? in its place",
                    )
        return {
            side: ",".join(f'"{pattern}"' for pattern in patterns)
            for side, patterns in sides.items()
            if patterns
        }


NO_PINS = Pins()


class Pin(NamedTuple):
    """Where an operator was put, how a person said so, and the reason to show.

    name: of the operator.
    means: whether it was said by its name, by that of its node, or by another pattern.
    """

    name: str
    side: str
    said: str
    reason: str
    means: Meaning = Meaning.SOME


def find_pins(operators: Sequence[nn.Operator], pins: Pins) -> dict[Operation, Pin]:
    """The operators that patterns or their own text pin, or that have a place already.

    Of composites they are the parts.

    Raises:
        AipuError: a pattern matches nothing, or an operator is pinned to both sides.
    """
    patterns = Patterns([part for op in operators for part in parts_of(op)])
    found = _stated(patterns.own, PIN)
    for side, texts in ((HOST, pins.host), (MACHINE, pins.machine)):
        for text in texts:
            how, reason = said(text, side), f"it is pinned to the {side}"
            for op in patterns.meant(text, how):
                pin = Pin(patterns.own[op], side, how, reason, patterns.meaning(text))
                found[op] = stronger(found.get(op, pin), pin)
    return _stated(patterns.own, PLACE) | found


def stronger(one: Pin, other: Pin) -> Pin:
    """Of two pins of an operator, the one to it by name rather than to all its node.

    Raises:
        AipuError: they contradict each other.
    """
    if (one.means, other.means) == (Meaning.NODE, Meaning.OPERATOR):
        return other
    if (one.means, other.means) == (Meaning.OPERATOR, Meaning.NODE):
        return one
    if one.side != other.side:
        raise AipuError(
            f"{one.said} and {other.said} contradict each other",
            place=one.name,
            remedy="leave one of them out",
        )
    return one


def _stated(names: Mapping[Operation, str], mark: str) -> dict[Operation, Pin]:
    """The operators that say themselves where they run."""
    found: dict[Operation, Pin] = {}
    for op, name in names.items():
        marks = whole_of(op).attributes
        side, reason = marks.get(mark), marks.get(REASON)
        if isinstance(side, StringAttr):
            found[op] = Pin(
                name,
                side.data,
                f'{mark} = "{side.data}"',
                reason.data
                if isinstance(reason, StringAttr)
                else f"it is pinned to the {side.data}",
            )
    return found


def said(pattern: str, side: str) -> str:
    """A pin as it is typed."""
    return f"--{side} '{pattern}'"
