"""Layers that reduce a window."""

from xdsl.ir import SSAValue

from ...layers.pooling import global_pool, pool
from ...vocabulary.windows import Window, ceil_pad
from ..node import CaffeNode


def pooling(node: CaffeNode) -> SSAValue:
    """The number of windows is rounded up; averages count the padding."""
    given = node.parameters("pooling")
    if given.choice("pool") not in ("MAX", "AVE"):
        raise node.unsupported("pooling at random")
    averaging = given.choice("pool") == "AVE"
    _, _, rows, columns = node.image()
    if given.flag("global_pooling"):
        return global_pool(node, averaging=averaging)
    kernel = node.pair(given, "kernel_size", "kernel", None)
    stride = node.pair(given, "stride", "stride", 1)
    top, left = node.pair(given, "pad", "pad", 0)
    if min(*kernel, *stride) < 1:
        raise node.wrong(f"a kernel {kernel} with the stride {stride}")
    ceil = (0, 0)
    if given.flag("ceil_mode"):
        ceil = (
            ceil_pad(rows, kernel[0], stride[0], (top, top)),
            ceil_pad(columns, kernel[1], stride[1], (left, left)),
        )
    window = Window(kernel, stride, (1, 1), (top, left, top, left), ceil)
    return pool(node, window, averaging=averaging, counting_pad=True)


CONVERTERS = {"Pooling": pooling}
