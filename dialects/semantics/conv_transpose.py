"""ConvTranspose of ONNX along any axes, in groups: a product a place of the window.

onnx's own implementation goes through windows element by element, which takes seconds
for small volumes, and takes the weights of groups from the wrong rows.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from onnx.reference.op_run import OpRun


class ConvTranspose(OpRun):
    """`ofm[n, m, x * stride + k * dilation - pad] += ifm[n, c, x] * weight[c, m, k]`"""

    op_domain = ""

    def _run(
        self,
        ifm: np.ndarray,
        weight: np.ndarray,
        bias: np.ndarray | None = None,
        auto_pad: str | None = None,
        dilations: Sequence[int] | None = None,
        group: int | None = None,
        kernel_shape: Sequence[int] | None = None,
        output_padding: Sequence[int] | None = None,
        output_shape: Sequence[int] | None = None,
        pads: Sequence[int] | None = None,
        strides: Sequence[int] | None = None,
    ) -> tuple[np.ndarray]:
        """[N, M, ...] of `ifm` [N, C, ...] and `weight` [C, M / group, ...]."""
        rank, groups = ifm.ndim - 2, group or 1
        kernel = weight.shape[2:]
        stride = strides or [1] * rank
        dilation = dilations or [1] * rank
        spans = [
            (extent - 1) * step + (taps - 1) * apart + 1
            for extent, step, taps, apart in zip(
                ifm.shape[2:], stride, kernel, dilation, strict=True
            )
        ]
        more = output_padding or [0] * rank
        frames = [span + extra for span, extra in zip(spans, more, strict=True)]
        if output_shape is None and auto_pad in ("SAME_UPPER", "SAME_LOWER"):
            output_shape = [n * s for n, s in zip(ifm.shape[2:], stride, strict=True)]
        if output_shape:
            wanted = output_shape[-rank:]
            cut = [max(f - n, 0) for f, n in zip(frames, wanted, strict=True)]
            upper = auto_pad == "SAME_UPPER"
            before = [n // 2 if upper else n - n // 2 for n in cut]
        else:
            both = pads or [0] * 2 * rank
            before = both[:rank]
            wanted = [
                frame - sum(each)
                for frame, *each in zip(frames, before, both[rank:], strict=True)
            ]
        columns = ifm.reshape(len(ifm), groups, -1, *ifm.shape[2:])
        rows = weight.reshape(groups, -1, *weight.shape[1:])
        full = [max(f, b + n) for f, b, n in zip(frames, before, wanted, strict=True)]
        ofm = np.zeros((len(ifm), groups, weight.shape[1], *full), ifm.dtype)
        for place in product(*map(range, kernel)):
            terms = np.einsum("ngc...,gcm->ngm...", columns, rows[(..., *place)])
            ofm[(..., *reached(place, ifm.shape[2:], stride, dilation))] += terms
        inner = [slice(b, b + n) for b, n in zip(before, wanted, strict=True)]
        result = ofm[(..., *inner)].reshape(len(ifm), -1, *wanted)
        if bias is not None:
            result = result + bias.reshape(-1, *[1] * rank)
        return (result.astype(ifm.dtype),)


def reached(
    place: Sequence[int],
    extents: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> list[slice]:
    """Where the elements of an ifm go, by one place of the window."""
    return [
        slice(k * apart, k * apart + (extent - 1) * step + 1, step)
        for k, extent, step, apart in zip(place, extents, stride, dilation, strict=True)
    ]
