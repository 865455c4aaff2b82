"""Operators that change how many rows and columns a feature map has."""

from collections.abc import Callable, Mapping, Sequence
from math import floor, inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.arranging import DEPTH_TO_SPACE, SPACE_TO_DEPTH, arranged
from ...vocabulary.channels import (
    channels_first,
    channels_last,
    feature_map,
    from_feature_map,
)
from ...vocabulary.interpolation import cubic_weights, interpolated
from ...vocabulary.resampling import CONVENTIONS, Line
from ...vocabulary.sampling import sampled
from ..node import Node

NEAREST = {
    "round_prefer_floor": "half_down",
    "round_prefer_ceil": "half_up",
    "floor": "floor",
    "ceil": "ceil",
}


def resize(node: Node) -> SSAValue:
    """To `sizes`, or by `scales`; opset 10 has no convention but `asymmetric`."""
    node.ignore("cubic_coeff_a", "exclude_outside", "extrapolation_value")
    default = "half_pixel" if node.opset > 10 else "asymmetric"
    convention = node.text("coordinate_transformation_mode", default)
    rounding = node.text("nearest_mode", "round_prefer_floor")
    if node.opset <= 10:
        rounding = "floor"
    if node.integer("antialias", 0):
        raise node.unsupported("antialias")
    scales = 2 if node.opset > 10 else 1
    if node.has(3):
        return _to_sizes(node, convention, rounding)
    if not node.has(scales):
        raise node.wrong("it has neither sizes nor scales")
    ratios = node.constant(scales).array.astype(float).tolist()
    return _by_ratios(node, ratios, convention, rounding)


def upsample(node: Node) -> SSAValue:
    """The scales are an attribute before opset 9, a constant input since."""
    ratios = node.reals("scales")
    if node.has(1):
        ratios = node.constant(1).array.astype(float).tolist()
    return _by_ratios(node, ratios, "asymmetric", "floor")


def _to_sizes(node: Node, convention: str, rounding: str) -> SSAValue:
    extents = list(nn.shape(node.tensor(0)))
    sizes, axes = node.constant_integers(3), _axes(node, len(extents))
    if len(sizes) != len(axes) or min(sizes, default=1) < 1:
        raise node.wrong(f"sizes {sizes} on {len(axes)} axes")
    ratios = [after / extents[axis] for axis, after in zip(axes, sizes, strict=True)]
    policy = node.text("keep_aspect_ratio_policy", "stretch")
    if policy != "stretch":
        ratio = min(ratios) if policy == "not_larger" else max(ratios)
        ratios = [ratio] * len(axes)
        sizes = [floor(extents[axis] * ratio + 0.5) for axis in axes]
    after = list(extents)
    every = [1.0] * len(extents)
    for axis, size, ratio in zip(axes, sizes, ratios, strict=True):
        after[axis], every[axis] = size, ratio
    return _resized(node, after, every, convention, rounding)


def _by_ratios(
    node: Node, given: list[float], convention: str, rounding: str
) -> SSAValue:
    extents = nn.shape(node.tensor(0))
    axes = _axes(node, len(extents))
    if len(given) != len(axes) or not all(0 < ratio < inf for ratio in given):
        raise node.wrong(f"scales {given} on {len(axes)} axes")
    ratios = [1.0] * len(extents)
    for axis, ratio in zip(axes, given, strict=True):
        ratios[axis] = ratio
    sizes = [scaled_extent(*each) for each in zip(extents, ratios, strict=True)]
    return _resized(node, sizes, ratios, convention, rounding)


def scaled_extent(extent: int, ratio: float) -> int:
    """`floor(extent * ratio)` in float32: 10 times 0.7 are 7, not a little less."""
    return int(np.floor(np.float32(extent) * np.float32(ratio)))


def _axes(node: Node, rank: int) -> list[int]:
    axes = node.integers("axes")
    return [node.axis(a, rank) for a in (range(rank) if axes is None else axes)]


def _resized(
    node: Node, sizes: list[int], ratios: list[float], convention: str, rounding: str
) -> SSAValue:
    """Rows and columns [N, C, H, W] resized; the other axes must stay."""
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    rank, mode = len(extents), node.text("mode", "nearest")
    if rank not in (3, 4) or tuple(sizes[:2]) != extents[:2]:
        raise node.unsupported(f"a resize of {list(extents)} to {sizes}")
    if mode not in ("nearest", "linear", "bilinear", "cubic"):
        raise node.unsupported(f"the mode '{mode}'")
    if convention not in CONVENTIONS:
        raise node.unsupported(f"coordinates '{convention}'")
    if rounding not in NEAREST:
        raise node.wrong(f"a nearest_mode of '{rounding}'")
    lines = [
        CONVENTIONS[convention](*axis)
        for axis in zip(extents[2:], sizes[2:], ratios[2:], strict=True)
    ]
    if mode == "cubic":
        return _cubic(node, sizes[2:], lines)
    if rank == 3:
        lines, sizes = [(1.0, 0.0), *lines], [*sizes[:2], 1, sizes[2]]
    steps, offsets = zip(*lines, strict=True)
    method = NEAREST[rounding] if mode == "nearest" else "linear"
    ofm = nn.ResizeOp(feature_map(node, ifm), sizes[2:], steps, offsets, method)
    return from_feature_map(node, node.emit(ofm), rank)


def _cubic(node: Node, sizes: Sequence[int], lines: Sequence[Line]) -> SSAValue:
    """By a polynomial through the four nearest pixels of each axis."""
    coefficient = node.real("cubic_coeff_a", -0.75)
    excluding = bool(node.integer("exclude_outside", 0))
    ifm = node.tensor(0)
    extents = nn.shape(ifm)[2:]
    weights = [
        cubic_weights(*each, coefficient, exclude_outside=excluding)
        for each in zip(extents, sizes, lines, strict=True)
    ]
    return interpolated(node, ifm, weights)


def grid_sample(node: Node) -> SSAValue:
    """At a grid that is known; opset 20 changed the names of the modes."""
    grid, mode = node.constant(1), node.text("mode", "linear")
    padding = node.text("padding_mode", "zeros")
    corners = bool(node.integer("align_corners", 0))
    return sampled(
        node, node.tensor(0), grid, mode.removeprefix("bi"), padding, corners=corners
    )


def of_blocks(lines: Mapping[str, str]) -> Callable[[Node], SSAValue]:
    """Blocks of channels become blocks of pixels, or the other way round.

    The mode says in which order the channels of a block are.
    """

    def convert(node: Node) -> SSAValue:
        size, mode = node.integer("blocksize"), node.text("mode", "DCR")
        if mode not in lines:
            raise node.wrong(f"a mode '{mode}', expected DCR or CRD")
        ifm = channels_last(node, node.tensor(0))
        moved = arranged(node, ifm, lines[mode], a=size, b=size)
        return channels_first(node, moved)

    return convert


TO_PIXELS = {"DCR": DEPTH_TO_SPACE, "CRD": "n h w (c a b) -> n (h a) (w b) c"}
TO_CHANNELS = {"DCR": SPACE_TO_DEPTH, "CRD": "n (h a) (w b) c -> n h w (c a b)"}

CONVERTERS = {
    "Resize": resize,
    "Upsample": upsample,
    "GridSample": grid_sample,
    "DepthToSpace": of_blocks(TO_PIXELS),
    "SpaceToDepth": of_blocks(TO_CHANNELS),
}
