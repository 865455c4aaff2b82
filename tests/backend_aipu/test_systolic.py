"""The closed forms give the cycles of the stepped array, whose values equal matmul."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.machine import MacArray, load_machine
from aipu.backend_aipu.systolic import Cycles, depthwise_cycles, gemm_cycles
from aipu.dialects.aipu import Dataflow

from ..resnet50 import resnet50
from .folded import Folding, depthwise_convolution, gemm
from .pe_array import Array

EXTENTS = st.integers(1, 8) | st.integers(1, 20)
SIDES = st.integers(1, 6)
FOLDINGS = st.builds(
    Folding,
    rows=SIDES,
    columns=SIDES,
    overlapped=st.booleans(),
    stretch=st.integers(1, 12),
)
SEEDS = st.integers(0, 2**32 - 1)


def mac_array(folding: Folding) -> MacArray:
    """The machine's array that folds like the stepped one."""
    return MacArray(
        rows=folding.rows,
        columns=folding.columns,
        dataflows=tuple(Dataflow),
        double_buffered_weights=folding.overlapped,
        accumulator_bytes=4 * folding.columns * folding.stretch,
    )


def int8(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).integers(-128, 128, shape)


@pytest.mark.parametrize("dataflow", Dataflow)
@settings(max_examples=150)
@given(
    pixels=EXTENTS, reduction=EXTENTS, channels=EXTENTS, folding=FOLDINGS, seed=SEEDS
)
@example(2, 9, 9, Folding(4, 3, True, 12), 0)
@example(9, 2, 9, Folding(4, 3, True, 2), 0)
@example(9, 9, 2, Folding(4, 3, True, 2), 0)
def test_a_product_of_any_shape(dataflow, pixels, reduction, channels, folding, seed):
    ifm = int8(seed, pixels, reduction)
    weight = int8(seed + 1, reduction, channels)

    ofm, cycles = gemm(dataflow, ifm, weight, folding)

    expected = gemm_cycles(mac_array(folding), dataflow, pixels, reduction, channels)
    assert np.array_equal(ofm, ifm @ weight)
    assert cycles == expected.total


@settings(max_examples=150)
@given(pixels=EXTENTS, window=EXTENTS, channels=EXTENTS, folding=FOLDINGS, seed=SEEDS)
def test_a_depthwise_convolution_of_any_shape(pixels, window, channels, folding, seed):
    windows = int8(seed, pixels, window, channels)
    weight = int8(seed + 1, window, channels)

    ofm, cycles = depthwise_convolution(windows, weight, folding)

    expected = depthwise_cycles(mac_array(folding), pixels, window, channels)
    assert np.array_equal(ofm, (windows * weight).sum(axis=1))
    assert cycles == expected.total


def test_parts_of_a_full_array():
    """2 x 3 folds of 100 steps fill 8 x 16 PEs; the edges cost 30 cycles, once."""
    array = load_machine("r329").array
    assert gemm_cycles(array, Dataflow.WS, 100, 16, 48) == Cycles(600, 0, 30)


def test_parts_of_partly_filled_folds():
    """Of 9 x 17 weights, 153 lie in 4 folds with room for 512."""
    array = load_machine("r329").array
    cycles = gemm_cycles(array, Dataflow.WS, 100, 9, 17)
    assert cycles == Cycles(100 * 153 // 128, 400 - 100 * 153 // 128, 30)


def test_short_folds_wait_for_the_next_weights():
    """A pixel a fold: each of 4 folds but the last waits 7 of a load's 8 cycles."""
    array = load_machine("r329").array
    assert gemm_cycles(array, Dataflow.WS, 1, 16, 32) == Cycles(4, 0, 3 * 7 + 30)


def test_depthwise_leaves_all_rows_but_one_idle():
    """3x3 on 16 channels: 9 folds of 64 pixels, of which an eighth is computing."""
    array = load_machine("r329").array
    assert depthwise_cycles(array, 64, 9, 16) == Cycles(72, 504, 23)


@pytest.mark.parametrize("double_buffered", [False, True])
@pytest.mark.parametrize("dataflow", Dataflow)
def test_arrays_of_candidates_count_like_each_alone(dataflow, double_buffered):
    array = MacArray(8, 16, tuple(Dataflow), double_buffered, 4096)
    extents = np.random.default_rng(0).integers(1, 3000, (3, 1000))
    together = gemm_cycles(array, dataflow, *extents)
    alone = [gemm_cycles(array, dataflow, *shape) for shape in extents.T.tolist()]
    assert together.total.tolist() == [cycles.total for cycles in alone]
    assert together.compute.tolist() == [cycles.compute for cycles in alone]
    assert together.partial.tolist() == [cycles.partial for cycles in alone]


def test_arrays_of_depthwise_candidates_count_like_each_alone():
    array = load_machine("r329").array
    extents = np.random.default_rng(0).integers(1, 3000, (3, 1000))
    together = depthwise_cycles(array, *extents)
    alone = [depthwise_cycles(array, *shape) for shape in extents.T.tolist()]
    assert together.total.tolist() == [cycles.total for cycles in alone]


def test_large_products_stay_exact():
    """2**60 MACs, where a double would have lost the last digits."""
    array = load_machine("r329").array
    extent = np.array([2**20 + 1])
    cycles = gemm_cycles(array, Dataflow.OS, extent, extent, extent)
    assert cycles.compute.tolist() == [(2**20 + 1) ** 3 // 128]


@pytest.mark.parametrize("dataflow", Dataflow)
def test_the_documented_cycles_of_resnet50_are_true(dataflow):
    array = load_machine("r329").array
    serial = msgspec.structs.replace(array, double_buffered_weights=False)
    waiting = sum(
        gemm_cycles(serial, dataflow, *layer[1:4]).total for layer in resnet50()
    )
    layers = [gemm_cycles(array, dataflow, *layer[1:4]) for layer in resnet50()]
    row = [
        waiting,
        sum(layer.total for layer in layers),
        sum(layer.compute for layer in layers),
        sum(layer.partial for layer in layers),
        sum(layer.fill_drain for layer in layers),
    ]
    documented = (Path(__file__).parents[2] / "docs/machine.md").read_text()
    assert f"| {dataflow} | {' | '.join(f'{n:,}' for n in row)} |" in documented
