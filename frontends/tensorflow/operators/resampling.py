"""Feature maps with another number of rows and columns."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ...resampling import (
    Line,
    align_corners,
    asymmetric,
    half_pixel,
    half_pixel_for_nearest,
)
from ..node import Node

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


CONVERTERS = {
    "ResizeBilinear": resize("linear", "linear", half_pixel),
    "ResizeNearestNeighbor": resize("floor", "half_up", half_pixel_for_nearest),
}
