"""Permutations of dimensions, as the machine and its scheduler see them.

`order[i]` is the dimension of the operand that becomes dimension i of the result.
Dimensions of one element move for nothing, and neighbours that stay neighbours move as
one: what is left is a permutation of blocks.
"""

from collections.abc import Sequence
from math import prod

from ...errors import AipuError

MOST_MOVED = 3
"""Blocks that `vector.permute` moves at once, beside those that stay ahead of all."""


def joined_blocks(
    extents: Sequence[int], order: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The extents of the blocks as the operand has them, and the order of them."""
    kept = [axis for axis in range(len(extents)) if extents[axis] > 1]
    moved = [kept.index(axis) for axis in order if extents[axis] > 1]
    runs: list[list[int]] = []
    for axis in moved:
        if runs and runs[-1][-1] + 1 == axis:
            runs[-1].append(axis)
        else:
            runs.append([axis])
    as_operand = sorted(runs)
    return (
        [prod(extents[kept[axis]] for axis in run) for run in as_operand],
        [as_operand.index(run) for run in runs],
    )


def moved(order: Sequence[int]) -> int:
    """How many blocks follow the first that does not stay in its place."""
    stay = 0
    while stay < len(order) and order[stay] == stay:
        stay += 1
    return len(order) - stay


def exchanges(order: Sequence[int]) -> list[tuple[int, ...]]:
    """Permutations that together are `order`: each exchanges two neighbouring blocks.

    What lies ahead of these stays, what lies behind is one block: three move at most.
    """
    now = list(range(len(order)))
    steps: list[tuple[int, ...]] = []
    for place in range(len(order)):
        first = now.index(order[place])
        if first == place:
            continue
        end = first + 1
        while end < len(order) and now[end] == order[place + end - first]:
            end += 1
        ahead, behind = range(place), range(end, len(order))
        step = (*ahead, *range(first, end), *range(place, first), *behind)
        steps.append(step)
        now = [now[axis] for axis in step]
    return steps


def permuted_rows(
    extents: Sequence[int], order: Sequence[int]
) -> tuple[int, tuple[int, int, int], tuple[int, int, int]]:
    """A permutation as rows that are each permuted alike.

    Returns:
        How many rows there are, the extents [x, y, z] of a row of the result, and how
        many bytes lie between neighbours along each of them in the row of the operand.

    Raises:
        AipuError: a row has more than three blocks.
    """
    sizes, places = joined_blocks(extents, order)
    count = moved(places)
    if count > MOST_MOVED:
        raise AipuError(
            f"a transpose of {list(extents)} by {list(order)} moves more than three "
            "dimensions",
            remedy="run the pass 'split-transposes' before",
        )
    stay = len(places) - count
    row = [(sizes[p], prod(sizes[p + 1 :])) for p in places[stay:]]
    (x, step_x), (y, step_y), (z, step_z) = [(1, 0)] * (MOST_MOVED - count) + row
    return prod(sizes[:stay]), (x, y, z), (step_x, step_y, step_z)
