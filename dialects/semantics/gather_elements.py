"""GatherElements of ONNX: onnx's own implementation fails on some data of one row."""

import numpy as np
from onnx.reference.op_run import OpRun


class GatherElements(OpRun):
    """`ofm[i, j] = data[i, indices[i, j]]`, and so along any axis of any rank."""

    op_domain = ""

    def _run(
        self, data: np.ndarray, indices: np.ndarray, axis: int = 0
    ) -> tuple[np.ndarray]:
        """The elements; an index may count from the end of the axis."""
        kept = [slice(extent) for extent in indices.shape]
        kept[axis] = slice(None)
        return (np.take_along_axis(data[tuple(kept)], indices, axis),)
