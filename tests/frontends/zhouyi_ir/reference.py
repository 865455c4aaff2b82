"""The layers of an IR in plain loops and sums, on floats and on integers."""

import numpy as np


def convolve(ifm: np.ndarray, weight: np.ndarray, stride: int, pad: int) -> np.ndarray:
    """[H, W, C] by [M, KH, KW, C], zeros around it, before any bias."""
    channels, rows, columns, _ = weight.shape
    framed = np.pad(ifm, ((pad, pad), (pad, pad), (0, 0)))
    height = (framed.shape[0] - rows) // stride + 1
    width = (framed.shape[1] - columns) // stride + 1
    ofm = np.zeros((height, width, channels), np.result_type(ifm, weight))
    for y in range(height):
        for x in range(width):
            window = framed[y * stride : y * stride + rows]
            window = window[:, x * stride : x * stride + columns]
            ofm[y, x] = (weight * window).sum(axis=(1, 2, 3))
    return ofm


def average(ifm: np.ndarray) -> list[list[tuple[np.ndarray, int]]]:
    """Sums and counts of 2 x 2 windows in steps of 2, the last ones partial."""
    rows, columns, _ = ifm.shape
    return [
        [
            (part.sum(axis=(0, 1)), part.shape[0] * part.shape[1])
            for x in range(0, columns, 2)
            for part in [ifm[y : y + 2, x : x + 2]]
        ]
        for y in range(0, rows, 2)
    ]


def requantised(
    sums: np.ndarray, multiplier: int, shift: int, low: int, high: int
) -> np.ndarray:
    """As Arm-China's Optimizer writes it: in float64, rounded half to even."""
    scaled = np.rint(sums.astype(np.float64) * multiplier * 0.5**shift)
    return np.clip(scaled, low, high).astype(np.int64)
