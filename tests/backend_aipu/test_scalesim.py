"""Serial folds take as many cycles as in SCALE-Sim 3.0.0, layer by layer.

SCALE-Sim reports the index of the last cycle, counted from 0, as its cycles: one less
than there are. Users noticed (its issue 125); here the 1 is taken off before comparing.
"""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from aipu.backend_aipu.machine import MacArray
from aipu.backend_aipu.systolic import gemm_cycles
from aipu.dialects.aipu import Dataflow

from ..resnet50 import resnet50

Extents = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]

# All 54 layers, from the reports in the optional collection.
NETWORK_CYCLES = {
    ("v1", 8, 16, "ws"): 36_153_010,
    ("v1", 8, 16, "os"): 33_133_364,
    ("v1", 8, 16, "is"): 37_850_474,
    ("v1", 16, 8, "ws"): 37_793_322,
    ("v1", 16, 8, "os"): 34_667_528,
    ("v1", 16, 8, "is"): 37_658_954,
    ("v15", 8, 16, "ws"): 37_959_346,
    ("v15", 8, 16, "os"): 35_013_428,
    ("v15", 8, 16, "is"): 39_877_034,
    ("v15", 16, 8, "ws"): 39_599_658,
    ("v15", 16, 8, "os"): 36_539_048,
    ("v15", 16, 8, "is"): 39_760_202,
}

# One layer: 3136 pixels, a reduction of 64, 64 channels.
LAYER_CYCLES = {
    (8, 16, "ws"): 101_311,
    (8, 16, "os"): 134_847,
    (8, 16, "is"): 147_391,
    (16, 8, "ws"): 101_567,
    (16, 8, "os"): 134_847,
    (16, 8, "is"): 159_935,
    (32, 32, "ws"): 12_919,
    (32, 32, "os"): 24_695,
    (32, 32, "is"): 30_967,
}

REPORTS = [
    *((f"resnet50_{version}_true_gemm", *run) for version, *run in NETWORK_CYCLES),
    *(("resnet50", *run) for run in LAYER_CYCLES),
]


def serial_array(rows: int, columns: int) -> MacArray:
    """An array whose folds wait for one another, and whose accumulators hold all."""
    return MacArray(
        rows=rows,
        columns=columns,
        dataflows=tuple(Dataflow),
        double_buffered_weights=False,
        accumulator_bytes=2**40,
    )


@pytest.mark.parametrize(("rows", "columns", "dataflow"), LAYER_CYCLES)
def test_one_layer(rows, columns, dataflow):
    array = serial_array(rows, columns)
    cycles = gemm_cycles(array, Dataflow(dataflow), 3136, 64, 64)
    assert cycles.total - 1 == LAYER_CYCLES[rows, columns, dataflow]


@pytest.mark.parametrize(("version", "rows", "columns", "dataflow"), NETWORK_CYCLES)
def test_whole_network(version, rows, columns, dataflow):
    cycles = [
        gemm_cycles(serial_array(rows, columns), Dataflow(dataflow), *layer[1:4]).total
        for layer in resnet50(version)
    ]
    expected = NETWORK_CYCLES[version, rows, columns, dataflow]
    assert sum(cycles) - len(cycles) == expected


@pytest.mark.parametrize("version", ["v1", "v15"])
def test_the_networks_are_those_of_the_reports(shared, version):
    path = shared / f"oracles/scalesim/resnet50_{version}_true_gemm.csv"
    layers = resnet50(version)
    assert [layer.name for layer in layers] == [row[0] for row in rows_of(path)]
    assert [layer[1:4] for layer in layers] == [*zip(*extents_of(path), strict=True)]


@pytest.mark.parametrize(("topology", "rows", "columns", "dataflow"), REPORTS)
def test_every_layer_of_a_report(shared, topology, rows, columns, dataflow):
    folder = shared / "oracles/scalesim"
    size = f"{rows}x{columns}"
    report = f"{topology}_{size}_{dataflow}_computeonly_COMPUTE_REPORT.csv"
    shipped = topology == "resnet50"
    layers = f"{topology}_shipped_conv_topology.csv" if shipped else f"{topology}.csv"
    check(
        rows_of(folder / "compute_only" / report),
        serial_array(rows, columns),
        Dataflow(dataflow),
        extents_of(folder / layers),
    )


def test_every_run_of_the_unmodified_simulator(shared):
    """Runs of single layers with the memories never in the way (CALC)."""
    folder = shared / "oracles/scalesim/real_unmodified"
    runs = sorted(folder.glob("o_*_calc"))
    assert len(runs) == 27
    for run in runs:
        named = re.fullmatch(
            r"o_(?:real_)?(\w+?)_rn50_(\d+)x(\d+)_(\w+)_calc", run.name
        )
        assert named
        layer, rows, columns, dataflow = named.groups()
        layer = "IB5b_1" if layer == "small" else layer
        check(
            rows_of(run / "COMPUTE_REPORT.csv"),
            serial_array(int(rows), int(columns)),
            Dataflow(dataflow),
            extents_of(folder / f"{layer}.csv"),
        )


def check(
    report: list[list[str]], array: MacArray, dataflow: Dataflow, extents: Extents
) -> None:
    """Hold the cycles and the three utilisations of every layer to a report."""
    cycles = gemm_cycles(array, dataflow, *extents)
    last_cycle = cycles.total - 1
    assert last_cycle.tolist() == [int(row[2]) for row in report]

    pixels, reduction, channels = extents
    percent_of_pes = 100 * pixels * reduction * channels / (array.rows * array.columns)
    overall = percent_of_pes / last_cycle
    mapping = percent_of_pes / (cycles.compute + cycles.partial)
    # Their compute utilisation counts the skew of the columns twice in ws and is.
    skew = array.rows + array.columns - 2
    steps = reduction
    if dataflow is not Dataflow.OS:
        skew += array.rows + array.columns - 1
        steps = pixels if dataflow is Dataflow.WS else channels
    compute = mapping * steps / (steps + skew)
    ours = np.column_stack([overall, mapping, compute])
    theirs = np.array([[float(cell) for cell in row[4:7]] for row in report])
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a report or topology, without its header and empty lines."""
    with path.open(newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    return [row for row in rows[1:] if row]


def extents_of(path: Path) -> Extents:
    """Pixels, reduction and channels of every layer, each an int64 array.

    A GEMM file lists M, N, K. A convolution file lists ifm and kernel without padding,
    and SCALE-Sim takes ceil((ifm - kernel + stride) / stride) pixels.
    """
    columns = np.array([row[1:-1] for row in rows_of(path)], np.int64).T
    if len(columns) == 3:
        pixels, channels, reduction = columns
        return pixels, reduction, channels
    height, width, kernel_height, kernel_width, ifm_channels, channels, stride = columns
    rows = -(-(height - kernel_height + stride) // stride)
    per_row = -(-(width - kernel_width + stride) // stride)
    return rows * per_row, kernel_height * kernel_width * ifm_channels, channels
