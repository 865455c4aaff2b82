"""Filters of convolutions, from the layouts that formats have to that of `nn`.

A layout is a word: O the channels of the result, I those of the feature map, `*` the
kernel. `OI*` are ONNX's and torch's, `*IO` TensorFlow's. In `nn` it is OHWI.
"""

import numpy as np


def ohwi(array: np.ndarray, layout: str, groups: int = 1) -> np.ndarray:
    """A filter as [M, KH, KW, C / groups]; a kernel of one extent gets one row.

    Args:
        array: its elements; of a rank of 3 or 4.
        layout: where its axes are.
        groups: into how many I is split, where it counts the channels of all groups.
    """
    axes = layout.replace("*", "HW"[4 - array.ndim :])
    kernel = [axes.index(axis) for axis in axes if axis in "HW"]
    turned = array.transpose(axes.index("I"), axes.index("O"), *kernel)
    split = turned.reshape(groups, len(turned) // groups, *turned.shape[1:])
    last = np.moveaxis(split, 1, -1)
    *_, inside = last.shape
    rows_columns = last.shape[2:-1] if len(kernel) == 2 else (1, last.shape[2])
    return last.reshape(groups * last.shape[1], *rows_columns, inside)
