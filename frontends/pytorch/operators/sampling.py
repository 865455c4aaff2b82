"""Operators that take pixels at positions, or elements by their size."""

from collections.abc import Callable

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import channels_last
from ...vocabulary.interpolation import along_last
from ...vocabulary.moving import reshaped
from ...vocabulary.ranking import greatest
from ...vocabulary.sampling import sampled
from ..node import Node

MODES = ("linear", "nearest", "cubic")
PADDINGS = ("zeros", "border", "reflection")


def at_grid(node: Node) -> SSAValue:
    mode, padding = node.integer("interpolation_mode"), node.integer("padding_mode")
    if not (0 <= mode < len(MODES) and 0 <= padding < len(PADDINGS)):
        raise node.wrong(f"the interpolation {mode} with the padding {padding}")
    return sampled(
        node,
        node.tensor("input"),
        node.value("grid"),
        MODES[mode],
        PADDINGS[padding],
        corners=node.flag("align_corners", False),
    )


def affine_grid(node: Node) -> SSAValue:
    """What a matrix [N, axes, axes + 1] makes of each position, last axis first."""
    theta, extents = node.tensor("theta"), node.integers("size")[2:]
    images, rank, _ = nn.shape(theta)
    if len(extents) != rank or min(extents, default=0) < 1:
        raise node.wrong(f"a grid of {extents} by {list(nn.shape(theta))}")
    corners = node.flag("align_corners", False)
    lines = [
        np.linspace(-1, 1, n) * (1 if corners else (n - 1) / n) if n > 1 else [0.0]
        for n in extents
    ]
    mesh = [axis.reshape(-1) for axis in np.meshgrid(*lines, indexing="ij")[::-1]]
    positions = np.stack([*mesh, np.ones(len(mesh[0]))], -1)
    rows = reshaped(node, theta, (images * rank, rank + 1))
    moved = along_last(node, rows, positions, "positions")
    whole = reshaped(node, moved, (images, rank, *extents))
    return channels_last(node, whole)


def top(node: Node) -> list[SSAValue]:
    """The `k` greatest or least along an axis, and where they are."""
    node.ignore("sorted")
    axis, count = node.axis_of("self", node.integer("dim", -1)), node.integer("k")
    largest = node.flag("largest", True)
    return greatest(node, node.tensor("self"), axis, count, largest=largest)


def ordered(places_only: bool) -> Callable[[Node], list[SSAValue]]:
    """All elements along an axis, and where they were."""

    def convert(node: Node) -> list[SSAValue]:
        node.ignore("stable")
        ifm, axis = node.tensor("self"), node.axis_of("self", node.integer("dim", -1))
        count, largest = (nn.shape(ifm) or (1,))[axis], node.flag("descending", False)
        results = greatest(node, ifm, axis, count, largest=largest)
        return results[1:] if places_only else results

    return convert


CONVERTERS = {
    "affine_grid_generator": affine_grid,
    "grid_sampler": at_grid,
    "grid_sampler_2d": at_grid,
    "grid_sampler_3d": at_grid,
    "topk": top,
    "sort": ordered(places_only=False),
    "argsort": ordered(places_only=True),
}
