"""Axes split, moved and merged, as a line says it: `n (h b) (w b) c -> n h w (b b c)`.

Pixels that become channels, images that become pixels, channels that change places:
each is such a line. The notation is that of einops (Rogozhnikov 2022, ICLR).
"""

import re
from collections.abc import Mapping, Sequence
from math import prod

from xdsl.utils.exceptions import VerifyException

from ...dialects.nn.shapes import Shape
from ..constant import Value
from ..network import Emitter
from .moving import Moved, permuted, reshaped, shape
from .padding import Pads, cropped, padded

REST = "..."
"""Any number of axes, which move as one."""

GROUP = re.compile(r"\(([^)]*)\)|(\S+)")

SPACE_TO_DEPTH = "n (h a) (w b) c -> n h w (a b c)"
DEPTH_TO_SPACE = "n h w (a b c) -> n (h a) (w b) c"
"""Blocks of pixels as channels and back, where channels are last in either."""

SHUFFLE = "n (g c) ... -> n (c g) ..."
"""Channels of groups change places: Zhang et al. 2018, "ShuffleNet", figure 1."""

Names = Sequence[str]


def arranged(node: Emitter, value: Moved, line: str, **given: int) -> Moved:
    """The elements in another order: a reshape, a transpose and a reshape at most.

    Args:
        node: what the operators come from.
        value: the tensor.
        line: its axes, `->`, and those of the result. Names in brackets are one axis,
            the first the outermost; `...` are as many as there are, neither split nor
            merged with others.
        given: the extents of names in brackets, of which one a bracket may be missing.

    Raises:
        VerifyException: the extents do not fit the line.
    """
    before, after = map(_groups, line.split("->"))
    rest, axes = _axes(before, shape(value))
    extents = {**given, **_extents(before, axes, given), REST: prod(rest)}
    apart = [name for group in before for name in group]
    order = [apart.index(name) for group in after for name in group]
    value = reshaped(node, value, [extents[name] for name in apart])
    value = permuted(node, value, order)
    whole: list[int] = []
    for group in after:
        own = rest if group == [REST] else [prod(extents[name] for name in group)]
        whole.extend(own)
    return reshaped(node, value, whole)


def _groups(side: str) -> list[list[str]]:
    """The names of each axis of one side of a line."""
    return [
        match[1].split() if match[1] is not None else [match[2]]
        for match in GROUP.finditer(side)
    ]


def _axes(groups: Sequence[Names], extents: Shape) -> tuple[Shape, Shape]:
    """The extents of the rest, and those of each group, the rest as one."""
    if [REST] not in groups:
        if len(groups) != len(extents):
            raise VerifyException(
                f"expected a tensor of rank {len(groups)}, found {list(extents)}"
            )
        return (), extents
    at, behind = groups.index([REST]), len(groups) - 1 - groups.index([REST])
    if len(extents) < at + behind:
        raise VerifyException(
            f"expected a tensor of rank {at + behind} or more, found {list(extents)}"
        )
    end = len(extents) - behind
    rest = extents[at:end]
    return rest, (*extents[:at], prod(rest), *extents[end:])


def _extents(
    groups: Sequence[Names], axes: Shape, given: Mapping[str, int]
) -> dict[str, int]:
    """What each name stands for; in brackets one may follow from the others."""
    found: dict[str, int] = {}
    for group, extent in zip(groups, axes, strict=True):
        unknown = [name for name in group if name not in given]
        known = prod(given[name] for name in group if name in given)
        if known < 1 or extent % known or (not unknown and extent != known):
            raise VerifyException(f"{extent} elements do not make blocks of {known}")
        found.update(dict.fromkeys(unknown, extent // known))
    return found


def space_to_batch(
    node: Emitter, value: Value, block: Sequence[int], pads: Pads
) -> Value:
    """[N, H * b, W * b, ...], padded, to [b * b * N, H, W, ...], for any blocks."""
    rest = [(0, 0)] * (len(shape(value)) - len(pads) - 1)
    value = padded(node, value, [(0, 0), *pads, *rest])
    apart, inside, outside, sizes = _blocks(block)
    line = f"n {' '.join(apart)} ... -> ({' '.join(inside)} n) {' '.join(outside)} ..."
    return arranged(node, value, line, **sizes)


def batch_to_space(
    node: Emitter, value: Value, block: Sequence[int], crops: Pads
) -> Value:
    """[b * b * N, H, W, ...] to [N, H * b, W * b, ...], cropped: the way back."""
    apart, inside, outside, sizes = _blocks(block)
    line = f"({' '.join(inside)} n) {' '.join(outside)} ... -> n {' '.join(apart)} ..."
    rest = [(0, 0)] * (len(shape(value)) - len(crops) - 1)
    whole = arranged(node, value, line, **sizes)
    return cropped(node, whole, [(0, 0), *crops, *rest])


def _blocks(
    block: Sequence[int],
) -> tuple[list[str], list[str], list[str], dict[str, int]]:
    """Names for axes in blocks: both together, within, without; and their extents."""
    if min(block, default=1) < 1:
        raise VerifyException(f"blocks of {list(block)}")
    inside = [f"b{axis}" for axis in range(len(block))]
    outside = [f"x{axis}" for axis in range(len(block))]
    apart = [f"({x} {b})" for x, b in zip(outside, inside, strict=True)]
    return apart, inside, outside, dict(zip(inside, block, strict=True))
