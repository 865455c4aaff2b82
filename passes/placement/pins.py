"""Pins: who runs an operator because a person says so.

    --host normal --host 'block3/*' --host '/^head[.]/' --machine type:softmax

A pattern is the name of an operator, a name with `*`, `?` or `[...]` in it, a regular
expression between slashes, or `type:` and a kind of operator. A name is that of a
report, or of a node of the model: all operators that compute for the node, and not what
only brings bytes into place for them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation

from ...dialects import nn
from ...dialects.locations import place, source_name
from ...errors import AipuError, nearest
from ..operator_names import HELPERS, operator_names
from .mark import HOST, MACHINE, PIN, PLACE, REASON

TYPE = "type:"


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
    """Where an operator was put, how a person said so, and the reason to show."""

    side: str
    said: str
    reason: str


def find_pins(operators: Sequence[nn.Operator], pins: Pins) -> dict[Operation, Pin]:
    """The operators that patterns or their own text pin, or that have a place already.

    Raises:
        AipuError: a pattern matches nothing, or an operator is pinned to both sides.
    """
    found = _stated(operators, PIN)
    names = names_of(operators)
    for side, patterns in ((HOST, pins.host), (MACHINE, pins.machine)):
        for pattern in patterns:
            pin = Pin(side, said(pattern, side), f"it is pinned to the {side}")
            for op in _matching(pattern, side, names):
                other = found.setdefault(op, pin)
                if other.side != side:
                    raise AipuError(
                        f"{other.said} and {pin.said} contradict each other",
                        place=place(op),
                        remedy="leave one of them out",
                    )
    return _stated(operators, PLACE) | found


def _stated(operators: Sequence[nn.Operator], mark: str) -> dict[Operation, Pin]:
    """The operators that say themselves where they run."""
    found: dict[Operation, Pin] = {}
    for op in operators:
        side, reason = op.attributes.get(mark), op.attributes.get(REASON)
        if isinstance(side, StringAttr):
            found[op] = Pin(
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


def names_of(operators: Sequence[nn.Operator]) -> dict[nn.Operator, set[str]]:
    """What a person may call each operator: as a report does, and as the model does."""
    reported = operator_names(operators)
    computing = {source_name(op) for op in operators if not isinstance(op, HELPERS)}
    names: dict[nn.Operator, set[str]] = {}
    for op in operators:
        names[op] = {reported[op]}
        if not isinstance(op, HELPERS) or source_name(op) not in computing:
            names[op].add(source_name(op))
    return names


def _matching(
    pattern: str, side: str, names: Mapping[nn.Operator, set[str]]
) -> list[nn.Operator]:
    """The operators that a pattern means.

    Raises:
        AipuError: there is none, or the pattern is no regular expression.
    """
    if pattern.startswith(TYPE) and not _is_name(pattern, names):
        words = {op: {TYPE + _kind(op)} for op in names}
        return _chosen(pattern, side, words, pattern.lower().__eq__)
    return _chosen(pattern, side, names, _test(pattern, side, names))


def _test(
    pattern: str, side: str, names: Mapping[nn.Operator, set[str]]
) -> Callable[[str], bool]:
    """Whether a name is one that a pattern means; a name means itself first of all."""
    if _is_name(pattern, names):
        return pattern.__eq__
    if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
        try:
            expression = re.compile(pattern[1:-1])
        except re.error as error:
            raise AipuError(
                f"not a regular expression: {error}", place=said(pattern, side)
            ) from None
        return lambda name: expression.search(name) is not None
    return lambda name: fnmatchcase(name, pattern)


def _is_name(pattern: str, names: Mapping[nn.Operator, set[str]]) -> bool:
    return any(pattern in each for each in names.values())


def _chosen(
    pattern: str,
    side: str,
    words: Mapping[nn.Operator, set[str]],
    means: Callable[[str], bool],
) -> list[nn.Operator]:
    """The operators of which a word is meant."""
    chosen = [op for op, known in words.items() if any(map(means, known))]
    if not chosen:
        known = sorted(set().union(*words.values()))
        raise AipuError(
            "no operator is called so after the pipeline 'import', which fuses some",
            place=said(pattern, side),
            remedy=nearest(pattern, known),
        )
    return chosen


def _kind(op: nn.Operator) -> str:
    """`lrn`; for what only ONNX says, its own word: `nonzero`."""
    word = op.operator.data if isinstance(op, nn.OnnxNodeOp) else op.name[len("nn.") :]
    return word.lower()
