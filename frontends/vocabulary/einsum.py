"""Einstein's sums over products of tensors: `bij,bjk->bik`."""

from collections import Counter
from collections.abc import Sequence
from math import prod
from string import ascii_letters

from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter
from .moving import permuted, reshaped

REST = "..."


def einsum(node: Emitter, equation: str, operands: Sequence[SSAValue]) -> SSAValue:
    """One product of matrices, between moves that bring the axes into its order.

    Args:
        node: what the operators come from.
        equation: letters for the axes of each operand, and after `->` of the result;
            without that, all that stand once, in order of the alphabet. `...` are the
            axes that are left, as many in each.
        operands: one or more; of more than two the first two go together first.

    Raises:
        AipuError: the letters do not fit the operands.
        UnsupportedError: a letter stands twice in one operand.
    """
    words, result = _letters(node, equation, [len(nn.shape(each)) for each in operands])
    if len(operands) > 2:
        left, right, *others = words
        needed = {*result, *"".join(others)}
        both = "".join(each for each in dict.fromkeys(left + right) if each in needed)
        product = einsum(node, f"{left},{right}->{both}", operands[:2])
        equation = f"{','.join([both, *others])}->{result}"
        return einsum(node, equation, [product, *operands[2:]])
    extents: dict[str, int] = {}
    for word, operand in zip(words, operands, strict=True):
        for letter, extent in zip(word, nn.shape(operand), strict=True):
            if extents.setdefault(letter, extent) != extent:
                raise node.wrong(f"'{letter}' stands for several extents: {equation}")
    if not set(result) <= extents.keys() or len(set(result)) < len(result):
        raise node.wrong(f"a result '{result}': {equation}")
    if len(operands) == 1:
        reduced, word = _summed(node, operands[0], words[0], result)
        return permuted(node, reduced, [word.index(letter) for letter in result])
    (lhs, left), (rhs, right) = (
        _summed(node, operand, word, result + other)
        for operand, word, other in zip(operands, words, words[::-1], strict=True)
    )
    both = [letter for letter in left if letter in right]
    groups = [letter for letter in both if letter in result]
    inner = [letter for letter in both if letter not in result]
    rows = [letter for letter in left if letter not in right]
    columns = [letter for letter in right if letter not in left]

    def matrix(value: SSAValue, word: str, *parts: Sequence[str]) -> SSAValue:
        order = [word.index(letter) for part in parts for letter in part]
        sizes = [prod(extents[letter] for letter in part) for part in parts]
        return reshaped(node, permuted(node, value, order), sizes)

    product = node.emit(
        nn.MatMulOp(
            matrix(lhs, left, groups, rows, inner),
            matrix(rhs, right, groups, inner, columns),
        )
    )
    found = [*groups, *rows, *columns]
    apart = reshaped(node, product, [extents[letter] for letter in found])
    return permuted(node, apart, [found.index(letter) for letter in result])


def _summed(
    node: Emitter, value: SSAValue, word: str, kept: str
) -> tuple[SSAValue, str]:
    """Over the axes that nobody else needs."""
    axes = [axis for axis, letter in enumerate(word) if letter not in kept]
    if not axes:
        return value, word
    rest = "".join(letter for letter in word if letter in kept)
    return node.emit(nn.ReduceSumOp(value, axes, keep=False)), rest


def _letters(
    node: Emitter, equation: str, ranks: Sequence[int]
) -> tuple[list[str], str]:
    """The letters of each operand and of the result, with some for the rest."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    words = left.split(",")
    if len(words) != len(ranks) or not ranks:
        raise node.wrong(f"{len(ranks)} operands of '{equation}'")
    more = [
        rank - len(word.replace(REST, ""))
        for word, rank in zip(words, ranks, strict=True)
        if REST in word
    ]
    if min(more, default=0) < 0 or len(set(more)) > 1:
        raise node.unsupported(f"'{equation}' for tensors of the ranks {list(ranks)}")
    free = [letter for letter in ascii_letters if letter not in equation]
    rest = "".join(free[: more[0]] if more else [])
    words = [word.replace(REST, rest) for word in words]
    for word, rank in zip(words, ranks, strict=True):
        if len(word) != rank or not all(letter in ascii_letters for letter in word):
            raise node.wrong(f"'{equation}' for tensors of the ranks {list(ranks)}")
        if len(set(word)) < rank:
            raise node.unsupported(f"a letter twice in '{word}'")
    if arrow:
        return words, right.replace(REST, rest)
    counts = Counter("".join(words))
    once = sorted(each for each in counts if counts[each] == 1 and each not in rest)
    return words, rest + "".join(once)
