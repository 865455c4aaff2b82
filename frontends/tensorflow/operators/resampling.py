"""Feature maps with another number of rows and columns."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.interpolation import cubic_weights, interpolated
from ...vocabulary.resampling import (
    Line,
    align_corners,
    asymmetric,
    half_pixel,
    half_pixel_for_nearest,
)
from ..node import Node

KEYS, LEGACY = -0.5, -0.75
"""How far a cubic kernel goes below 0."""

CUBIC_GRAIN = 1024
"""TensorFlow has the kernel as a table of so many places between two pixels."""

Convention = Callable[[int, int, float], Line]


def resize(
    method: str, aligned_method: str, centred: Convention
) -> Callable[[Node], SSAValue]:
    """Feature map, size; `centred` says what half_pixel_centers means.

    Source: tensorflow/core/util/image_resizer_state.h.
    """

    def convert(node: Node) -> SSAValue:
        ifm, size = node.tensor(0), node.constant_integers(1)
        aligned = node.flag("align_corners", False)
        half = node.flag("half_pixel_centers", False)
        if len(size) != 2 or min(size) < 1 or len(nn.shape(ifm)) != 4:
            raise node.wrong(f"a size {size} for {list(nn.shape(ifm))}")
        convention = centred if half else align_corners if aligned else asymmetric
        steps, offsets = zip(
            *(
                convention(before, after, after / before)
                for before, after in zip(nn.shape(ifm)[1:3], size, strict=True)
            ),
            strict=True,
        )
        taken = aligned_method if aligned else method
        return node.emit(nn.ResizeOp(ifm, size, steps, offsets, taken))

    return convert


def resize_bicubic(node: Node) -> SSAValue:
    """With centres at halves Keys's own kernel, and nothing outside of the map.

    Source: tensorflow/core/kernels/image/resize_bicubic_op.cc.
    """
    ifm, size = channels_first(node, node.tensor(0)), node.constant_integers(1)
    half = node.flag("half_pixel_centers", False)
    aligned = node.flag("align_corners", False)
    if len(size) != 2 or min(size) < 1 or len(nn.shape(ifm)) != 4:
        raise node.wrong(f"a size {size} for {list(node.shape(0))}")
    convention = half_pixel if half else align_corners if aligned else asymmetric
    weights = [
        cubic_weights(
            before,
            after,
            convention(before, after, after / before),
            KEYS if half else LEGACY,
            exclude_outside=half,
            grain=CUBIC_GRAIN,
        )
        for before, after in zip(nn.shape(ifm)[2:], size, strict=True)
    ]
    return channels_last(node, interpolated(node, ifm, weights))


CONVERTERS = {
    "ResizeBicubic": resize_bicubic,
    "ResizeBilinear": resize("linear", "linear", half_pixel),
    "ResizeNearestNeighbor": resize("floor", "half_up", half_pixel_for_nearest),
}
