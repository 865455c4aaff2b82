"""Operators that change how many rows and columns a feature map has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import feature_map, from_feature_map
from ...vocabulary.interpolation import (
    cubic,
    cubic_weights,
    interpolated,
    smoothed_weights,
    triangle,
)
from ...vocabulary.resampling import CONVENTIONS, Line
from ..node import Node

CUBIC, SMOOTH_CUBIC = -0.75, -0.5
"""The coefficient of a cubic kernel; of one that leaves no pixel out."""


@dataclass(frozen=True)
class Axes:
    """Rows and columns before and after, and how one come from the other."""

    ifm: SSAValue
    before: Sequence[int]
    after: Sequence[int]
    lines: Sequence[Line]


def upsample(method: str, convention: str) -> Callable[[Node], SSAValue]:
    """To `output_size`, or by `scale_factors`."""

    def convert(node: Node) -> SSAValue:
        axes = _axes(node, convention)
        rank = len(nn.shape(axes.ifm))
        lines, sizes = axes.lines, axes.after
        if rank == 3:
            lines, sizes = [(1.0, 0.0), *lines], [1, *sizes]
        steps, offsets = zip(*lines, strict=True)
        ofm = nn.ResizeOp(feature_map(node, axes.ifm), sizes, steps, offsets, method)
        return from_feature_map(node, node.emit(ofm), rank)

    return convert


def bicubic(node: Node) -> SSAValue:
    """By a polynomial through the four nearest pixels of each axis."""
    axes = _axes(node, "half_pixel")
    weights = [
        cubic_weights(*each, CUBIC)
        for each in zip(axes.before, axes.after, axes.lines, strict=True)
    ]
    return interpolated(node, axes.ifm, weights)


def smoothed(
    kernel: Callable[[np.ndarray], np.ndarray], reach: int
) -> Callable[[Node], SSAValue]:
    """As wide a kernel as the steps, so that no pixel is left out."""

    def convert(node: Node) -> SSAValue:
        axes = _axes(node, "half_pixel")
        if node.flag("align_corners", False):
            raise node.unsupported("antialias by corners")
        weights = [
            smoothed_weights(*each, kernel, reach)
            for each in zip(axes.before, axes.after, strict=True)
        ]
        return interpolated(node, axes.ifm, weights)

    return convert


def _axes(node: Node, convention: str) -> Axes:
    ifm = node.tensor("self" if "self" in node.source.arguments else "input")
    rank = len(nn.shape(ifm))
    extents = nn.shape(ifm)[2:]
    factors = _factors(node, len(extents))
    if node.has("output_size"):
        sizes = node.integers("output_size")
    else:
        sizes = [floor(n * (f or 1)) for n, f in zip(extents, factors, strict=True)]
    if rank not in (3, 4) or len(sizes) != rank - 2 or min(sizes) < 1:
        raise node.wrong(f"{list(extents)} pixels to {sizes}")
    corners = node.flag("align_corners", False)
    line = CONVENTIONS["align_corners" if corners else convention]
    lines = [
        line(before, after, after / before if corners else factor or after / before)
        for before, after, factor in zip(extents, sizes, factors, strict=True)
    ]
    return Axes(ifm, extents, sizes, lines)


def _factors(node: Node, rank: int) -> list[float | None]:
    """How many times as many pixels, if the node says so."""
    if node.has("scale_factors"):
        given: list[float | None] = list(node.reals("scale_factors"))
    else:
        names = ("scales",) if rank == 1 else ("scales_h", "scales_w")
        given = [node.real(name) if node.has(name) else None for name in names]
    if len(given) != rank or any(f is not None and f <= 0 for f in given):
        raise node.wrong(f"scales {given} of {rank} axes")
    return given


NEAREST = upsample("floor", "asymmetric")
NEAREST_CENTRE = upsample("floor", "tf_half_pixel_for_nn")
LINEAR = upsample("linear", "half_pixel")

CONVERTERS = {
    "upsample_nearest1d": NEAREST,
    "upsample_nearest2d": NEAREST,
    "_upsample_nearest_exact1d": NEAREST_CENTRE,
    "_upsample_nearest_exact2d": NEAREST_CENTRE,
    "upsample_linear1d": LINEAR,
    "upsample_bilinear2d": LINEAR,
    "upsample_bicubic2d": bicubic,
    "_upsample_bilinear2d_aa": smoothed(triangle, 1),
    "_upsample_bicubic2d_aa": smoothed(lambda x: cubic(x, SMOOTH_CUBIC), 2),
}
