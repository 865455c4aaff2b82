"""Windows of an axis as an axis of their own."""

from xdsl.utils.exceptions import VerifyException

from ..constant import Value
from ..network import Emitter
from .moving import shape, stacked, taken


def unfolded(
    node: Emitter, value: Value, axis: int, size: int, step: int, dilation: int = 1
) -> Value:
    """[..., extent, ...] as [..., windows, size, ...], two axes in the place of one.

    A window has `size` elements, `dilation` apart; the next begins `step` later.

    Raises:
        VerifyException: there is no window.
    """
    extent, reach = shape(value)[axis], (size - 1) * dilation + 1
    if min(size, step, dilation) < 1 or reach > extent:
        raise VerifyException(
            f"windows of {size} elements, {dilation} apart, in {extent}"
        )
    count = (extent - reach) // step + 1
    if size <= count:
        # The first elements of all windows, the second ones, ...
        last = (count - 1) * step + 1
        offsets = range(0, size * dilation, dilation)
        places = [range(offset, offset + last, step) for offset in offsets]
        return stacked(
            node, [taken(node, value, {axis: each}) for each in places], axis + 1
        )
    starts = range(0, count * step, step)
    places = [range(start, start + reach, dilation) for start in starts]
    return stacked(node, [taken(node, value, {axis: each}) for each in places], axis)
