"""Which operators of a network are the same one, step after step.

A recurrent layer is unrolled: its products take the same weights in every step, each on
what a step before made. From two such products on, what reads them and what they read
is compared, operator by operator, until the two steps differ.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import pairwise

from xdsl.ir import Block, SSAValue

from ...dialects import nn
from ..authoring.constants import key_of
from ..authoring.operators import is_weight, operators
from ..authoring.ranges import OF_VALUES

Pair = tuple[nn.Operator, nn.Operator]


def steps(block: Block) -> list[list[nn.Operator]]:
    """Operators that do the same in steps that follow each other, at least two each,
    in the order of the steps.
    """
    found = _next_steps(block)
    last = {*found.values()}
    chains: list[list[nn.Operator]] = []
    for op in found:
        if op not in last:
            chain = [op]
            while (next_ := found.get(chain[-1])) is not None:
                chain.append(next_)
            chains.append(chain)
    return chains


def _next_steps(block: Block) -> Mapping[nn.Operator, nn.Operator]:
    """For operators of a recurrent layer those that do the same one step later."""
    waiting = list(_recurrent(block))
    found: dict[nn.Operator, nn.Operator] = {}
    taken: set[nn.Operator] = set()
    while waiting:
        one, other = waiting.pop()
        new = one is not other and one not in found and other not in taken
        if new and _do_the_same(one, other):
            found[one] = other
            taken.add(other)
            waiting += _beside(one, other)
    return found


def _recurrent(block: Block) -> Iterator[Pair]:
    """Products that take the same weights, one after another, each of which depends on
    the one before.
    """
    takers: dict[str, list[nn.Operator]] = {}
    for op in operators(block):
        if isinstance(op, nn.WeightedSums) and is_weight(op.weight):
            takers.setdefault(key_of(op.weight), []).append(op)
    pairs = [pair for ops in takers.values() for pair in pairwise(ops)]
    behind = _behind(block, [one for one, _ in pairs])
    for number, (one, other) in enumerate(pairs):
        if behind[other.ofm] >> number & 1:
            yield one, other


def _behind(block: Block, some: Sequence[nn.Operator]) -> Mapping[SSAValue, int]:
    """Behind which of some operators each tensor is made: a bit for each of them."""
    own = {op: 1 << number for number, op in enumerate(some)}
    found: dict[SSAValue, int] = {}
    for op in operators(block):
        bits = own.get(op, 0)
        for value in op.operands:
            bits |= found.get(value, 0)
        found[op.ofm] = bits
    return found


def _beside(one: nn.Operator, other: nn.Operator) -> Iterator[Pair]:
    """What two operators read, and what reads them where that can be told apart."""
    for mine, its in zip(one.operands, other.operands, strict=True):
        if isinstance(mine.owner, nn.Operator) and isinstance(its.owner, nn.Operator):
            yield mine.owner, its.owner
    mine, its = _readers(one), _readers(other)
    for way in mine:
        if len(mine[way]) == len(its.get(way, ())) == 1:
            yield mine[way][0], its[way][0]


def _readers(op: nn.Operator) -> Mapping[Hashable, Sequence[nn.Operator]]:
    """What reads an operator: by what it does, and as which operand."""
    found: dict[Hashable, list[nn.Operator]] = {}
    for use in op.ofm.uses:
        reader = use.operation
        if isinstance(reader, nn.Operator):
            found.setdefault((_does(reader), use.index), []).append(reader)
    return found


def _do_the_same(one: nn.Operator, other: nn.Operator) -> bool:
    """Whether operators do the same; slices of one tensor are steps of a sequence."""
    if isinstance(one, nn.SliceOp) and isinstance(other, nn.SliceOp):
        return one.ofm.type == other.ofm.type and (
            one.ifm == other.ifm or _does(one) == _does(other)
        )
    return _does(one) == _does(other)


def _does(op: nn.Operator) -> Hashable:
    """All that an operator does, whatever its name and its operands are."""
    said = {name: each for name, each in op.attributes.items() if name not in OF_VALUES}
    return (
        type(op),
        frozenset(op.properties.items()),
        frozenset(said.items()),
        op.ofm.type,
        tuple(key_of(v) if is_weight(v) else v.type for v in op.operands),
    )
