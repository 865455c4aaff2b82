"""Whole products on the stepped array of `pe_array.py`: cut into folds, and summed.

Each returns the result and the cycles. Overlapped folds are one run of the array,
serial folds are as many runs as there are folds.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .pe_array import Array, Run, depthwise, output_stationary, stationary


class Folding(NamedTuple):
    """The array, whether folds overlap, and the steps that its accumulators hold."""

    rows: int
    columns: int
    overlapped: bool
    stretch: int


class Fold(NamedTuple):
    """What stays (or comes from the top), what streams past, and where sums go."""

    tile: Array
    stream: Array
    target: tuple[slice, slice]


def gemm(
    dataflow: str, ifm: Array, weight: Array, folding: Folding
) -> tuple[Array, int]:
    """`ifm [pixels, reduction] @ weight [reduction, channels]`."""
    if dataflow == "ws":
        return stationary_gemm(ifm, weight, folding)
    if dataflow == "is":
        ofm, cycles = stationary_gemm(weight.T, ifm.T, folding)
        return ofm.T, cycles
    return output_gemm(ifm, weight, folding)


def stationary_gemm(
    moving: Array, staying: Array, folding: Folding
) -> tuple[Array, int]:
    """`moving [T, K] @ staying [K, N]`, with tiles of `staying` in the PEs."""
    rows, columns, _, stretch = folding
    steps, used_columns = len(moving), staying.shape[1]
    moving = padded(moving, 1, rows)
    staying = padded(staying, rows, columns)
    folds = [
        Fold(staying[k, n], moving[t, k], (t, n))
        for n in slices(staying.shape[1], columns)
        for t in slices(steps, stretch)
        for k in slices(staying.shape[0], rows)
    ]
    ofm, cycles = accumulated(folds, stationary, folding)
    return ofm[:, :used_columns], cycles


def output_gemm(ifm: Array, weight: Array, folding: Folding) -> tuple[Array, int]:
    """`ifm @ weight`, with tiles of sums in the PEs."""
    pixels, channels = len(ifm), weight.shape[1]
    ifm = padded(ifm, folding.rows, 1)
    weight = padded(weight, 1, folding.columns)
    folds = [
        Fold(weight[:, n], ifm[m].T, (m, n))
        for n in slices(weight.shape[1], folding.columns)
        for m in slices(len(ifm), folding.rows)
    ]

    def run(tiles: list[Array], streams: list[Array]) -> Run:
        done = output_stationary(streams, tiles)
        # Serial folds leave their sums in the PEs, and nothing drains.
        return done if folding.overlapped else done._replace(cycles=done.cycles_of_macs)

    ofm, cycles = accumulated(folds, run, folding)
    return ofm[:pixels, :channels], cycles


def depthwise_convolution(
    windows: Array, weight: Array, folding: Folding
) -> tuple[Array, int]:
    """`sum over w of windows [pixels, w, channels] * weight [w, channels]`."""
    channels = weight.shape[1]
    weight = padded(weight, 1, folding.columns)
    windows = np.stack([padded(pixel, 1, folding.columns) for pixel in windows])
    folds = [
        Fold(weight[w, n], windows[t, w, n], (t, n))
        for n in slices(weight.shape[1], folding.columns)
        for t in slices(len(windows), folding.stretch)
        for w in range(len(weight))
    ]

    def run(tiles: list[Array], streams: list[Array]) -> Run:
        return depthwise(tiles, streams, folding.rows)

    ofm, cycles = accumulated(folds, run, folding)
    return ofm[:, :channels], cycles


def accumulated(
    folds: list[Fold],
    run: Callable[[list[Array], list[Array]], Run],
    folding: Folding,
) -> tuple[Array, int]:
    """Run the folds and add the sums of each to where they belong."""
    extents = [max(fold.target[axis].stop for fold in folds) for axis in (0, 1)]
    ofm = np.zeros(extents, np.int64)
    cycles = 0
    for together in [folds] if folding.overlapped else [[fold] for fold in folds]:
        done = run([fold.tile for fold in together], [fold.stream for fold in together])
        cycles += done.cycles
        for fold, sums in zip(together, done.sums, strict=True):
            ofm[fold.target] += sums
    return ofm, cycles


def slices(extent: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, extent)) for start in range(0, extent, size)]


def padded(matrix: Array, rows: int, columns: int) -> Array:
    """`matrix` with zeros up to a multiple of `rows` and `columns`."""
    return np.pad(
        matrix, [(0, -matrix.shape[0] % rows), (0, -matrix.shape[1] % columns)]
    )
