"""Patterns of operators, as a person types them.

    normal    'block3/*'    '/^head[.]/'    type:softmax

A pattern is the name of an operator, a name with `*`, `?` or `[...]` in it, a regular
expression between slashes, or `type:` and a kind of operator. A name is that of a
report, `conv1/transpose`, or of a node of the model: then it means all operators that
compute for the node, and not what only brings bytes into place for them.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from fnmatch import fnmatchcase

from xdsl.ir import Operation

from ....dialects import nn
from ....dialects.locations import source_name
from ....errors import AipuError, nearest
from ...authoring.operator_names import HELPERS, operator_names

TYPE = "type:"

Words = Mapping[nn.Operator, set[str]]
"""By operator, what it may be called."""


class Meaning(Enum):
    """What a pattern is: a name of one operator, of several, or no name at all."""

    OPERATOR = "operator"
    NODE = "node"
    SOME = "some"


class Patterns:
    """What patterns mean among some operators."""

    def __init__(self, operators: Sequence[nn.Operator]):
        self.own = operator_names(operators)
        self.names = _names(operators)
        self.kinds = {
            op: {TYPE + _kind(each) for each in (op, whole_of(op))} for op in operators
        }
        self.count = Counter(name for each in self.names.values() for name in each)

    def meant(self, pattern: str, place: str) -> list[nn.Operator]:
        """The operators that a pattern means; `place` is how a person put it.

        Raises:
            AipuError: there is none, or the pattern is no regular expression.
        """
        if pattern.startswith(TYPE) and pattern not in self.count:
            return self._chosen(pattern, place, self.kinds, pattern.lower().__eq__)
        return self._chosen(pattern, place, self.names, self._test(pattern, place))

    def _chosen(
        self, pattern: str, place: str, words: Words, means: Callable[[str], bool]
    ) -> list[nn.Operator]:
        """The operators of which a word is meant."""
        chosen = [op for op, known in words.items() if any(map(means, known))]
        if not chosen:
            kind = TYPE + pattern.lower()
            is_kind = any(kind in kinds for kinds in self.kinds.values())
            remedy = nearest(pattern, set().union(*words.values()))
            raise AipuError(
                "no operator is called so after the pipeline 'import', which fuses "
                "some",
                place=place,
                remedy=f"did you mean '{kind}'?" if is_kind else remedy,
            )
        return chosen

    def meaning(self, pattern: str) -> Meaning:
        """Whether a pattern names an operator, or a node of several, or neither."""
        if pattern not in self.count:
            return Meaning.SOME
        return Meaning.OPERATOR if self.count[pattern] == 1 else Meaning.NODE

    def _test(self, pattern: str, place: str) -> Callable[[str], bool]:
        """Whether a name is meant; one that is a name means itself first of all."""
        if pattern in self.count:
            return pattern.__eq__
        if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
            try:
                expression = re.compile(pattern[1:-1])
            except re.error as error:
                raise AipuError(
                    f"not a regular expression: {error}", place=place
                ) from None
            return lambda name: expression.search(name) is not None
        return lambda name: fnmatchcase(name, pattern)


def _names(operators: Sequence[nn.Operator]) -> dict[nn.Operator, set[str]]:
    """As a report calls each operator, as the model does, and by node and kind."""
    own = operator_names(operators)
    taken = set(own.values())
    computing = {source_name(op) for op in operators if not isinstance(op, HELPERS)}
    names: dict[nn.Operator, set[str]] = {}
    for op in operators:
        node = source_name(op)
        names[op] = {own[op]}
        if not isinstance(op, HELPERS) or node not in computing:
            names[op].add(node)
        longer = f"{node}/{op.name.removeprefix('nn.')}"
        if own[op] == node and longer not in taken:
            names[op].add(longer)
    return names


def whole_of(op: Operation) -> Operation:
    """The composite that an operator is a part of, or itself."""
    whole = op.parent_op()
    return whole if isinstance(whole, nn.CompositeOp) else op


def parts_of(op: nn.Operator) -> Sequence[nn.Operator]:
    """What a composite is made of, or an operator itself."""
    return op.parts if isinstance(op, nn.CompositeOp) else [op]


def _kind(op: Operation) -> str:
    """`lrn`; for what only ONNX says, its own word: `nonzero`."""
    word = op.operator.data if isinstance(op, nn.OnnxNodeOp) else op.name
    return word.removeprefix("nn.").lower()
