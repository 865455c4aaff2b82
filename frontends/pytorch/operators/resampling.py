"""Operators that change how many rows and columns a feature map has."""

from collections.abc import Callable
from math import floor

from xdsl.ir import SSAValue

from ....dialects import nn
from ...channels import feature_map, from_feature_map
from ...resampling import CONVENTIONS
from ..node import Node


def upsample(method: str, convention: str) -> Callable[[Node], SSAValue]:
    """To `output_size`, or by `scale_factors`."""

    def convert(node: Node) -> SSAValue:
        name = "self" if "self" in node.source.arguments else "input"
        ifm = node.tensor(name)
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
        if rank == 3:
            lines, sizes = [(1.0, 0.0), *lines], [1, *sizes]
        steps, offsets = zip(*lines, strict=True)
        ofm = nn.ResizeOp(feature_map(node, ifm), sizes, steps, offsets, method)
        return from_feature_map(node, node.emit(ofm), rank)

    return convert


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
}
