"""Cycles, MACs and bytes of single instructions, worked out by hand.

The tiny machine moves whole bursts of 4 bytes, one byte a cycle after 10 cycles, and
its array is 4 x 4.
"""

import pytest

from aipu.runtime.simulator.demands import Demands
from aipu.tests.machines import Numbers, tiny_machine
from aipu.tests.runtime.simulator.assembled import (
    BUFFERS,
    conv,
    launch,
    load,
    prepared,
    program,
    requantise,
    store,
    sync,
    times,
)

ROOM = f"""{BUFFERS}
.buffer map  dram at  32 bytes 512
.buffer tile sram at 128 bytes 512
.buffer made sram at 640 bytes 512
"""


def demands(line: str, **machine: Numbers) -> Demands:
    """What the instruction of the last line asks for."""
    entry = prepared(program(launch(), line, buffers=ROOM), tiny_machine(**machine))
    return entry.demands[-1]


def asked(found: Demands) -> dict[str, list[int]]:
    """The demands that are not 0."""
    columns = {name: getattr(found, name).tolist() for name in vars(found)}
    return {name: column for name, column in columns.items() if any(column)}


def box(
    mnemonic: str, shape: str, strides: str, extents: str, origin: str = "0, 0, 0, 0"
) -> str:
    fill = "fill=0" if mnemonic == "dma.load" else ""
    return (
        f"{mnemonic} sram=tile dram=map shape=[{shape}] strides=[{strides}] "
        f"origin=[{origin}] box=[{extents}] {fill}"
    )


def test_a_load_of_a_dense_box_is_one_piece() -> None:
    """30 bytes are 8 bursts of 4."""
    line = box("dma.load", "1, 2, 3, 5", "30, 15, 5, 1", "1, 2, 3, 5")
    assert asked(demands(line)) == {
        "own": [10],
        "bus": [32],
        "dram_read": [32],
        "sram_bytes": [30],
    }


def test_a_store_writes() -> None:
    line = box("dma.store", "1, 2, 3, 5", "30, 15, 5, 1", "1, 2, 3, 5")
    assert asked(demands(line)) == {
        "own": [10],
        "bus": [32],
        "dram_written": [32],
        "sram_bytes": [30],
    }


@pytest.mark.parametrize(
    ("strides", "extents", "moved"),
    [
        ("30, 15, 5, 1", "1, 2, 2, 5", 2 * 12),  # 10 bytes of each of two rows
        ("30, 15, 5, 1", "1, 2, 3, 2", 6 * 4),  # 2 bytes of each of six pixels
        ("64, 32, 8, 1", "1, 2, 3, 5", 6 * 8),  # pixels lie apart
        ("64, 32, 5, 1", "1, 2, 3, 5", 2 * 16),  # rows lie apart
        ("1, 1, 1, 6", "1, 2, 3, 5", 30 * 4),  # channels lie apart
        ("30, 15, 5, 1", "1, 1, 1, 5", 8),
    ],
)
def test_every_piece_moves_whole_bursts(strides: str, extents: str, moved: int) -> None:
    line = box("dma.load", "1, 2, 3, 5", strides, extents)
    assert demands(line).dram_read.tolist() == [moved]
    assert demands(line).bus.tolist() == [moved]


def test_backwards_every_byte_is_a_piece() -> None:
    line = box("dma.load", "1, 1, 1, 8", "8, 8, 8, -1", "1, 1, 1, 8")
    assert demands(line.replace("dram=map", "dram=map + 7")).bus.tolist() == [8 * 4]


def test_what_lies_outside_is_filled_and_not_moved() -> None:
    """Rows -1 to 1 of which only 0 and 1 are there, columns -1 to 1 likewise."""
    line = box("dma.load", "1, 4, 4, 4", "64, 16, 4, 1", "1, 3, 3, 4", "0, -1, -1, 0")
    assert asked(demands(line)) == {
        "own": [10],
        "bus": [2 * 8],
        "dram_read": [2 * 8],
        "sram_bytes": [36],
    }


def test_each_turn_moves_its_own_part() -> None:
    """Rows 0 to 2, 3 to 5, and 6 alone, of 8 bytes."""
    line = box("dma.store", "1, 7, 2, 4", "56, 8, 4, 1", "1, 3, 2, 4", "0, 3*i, 0, 0")
    found = demands(times(3, line))
    assert found.dram_written.tolist() == [24, 24, 8]
    assert found.sram_bytes.tolist() == [24, 24, 8]


def test_a_box_that_is_all_outside_is_filled_a_burst_a_cycle() -> None:
    line = box("dma.load", "1, 4, 4, 4", "64, 16, 4, 1", "1, 2, 2, 4", "0, 4, 0, 0")
    assert asked(demands(line)) == {"own": [4], "sram_bytes": [16]}


def test_a_byte_that_is_repeated_is_written_a_burst_a_cycle() -> None:
    """One burst crosses the bus in 4 cycles; 36 bytes on chip take 9."""
    line = box("dma.load", "1, 6, 6, 1", "0, 0, 0, 0", "1, 6, 6, 1")
    assert asked(demands(line)) == {
        "own": [10 + 9 - 4],
        "bus": [4],
        "dram_read": [4],
        "sram_bytes": [36],
    }


def test_bus_cycles_are_rounded_up_for_each_transfer() -> None:
    """16 bytes at 0.6 bytes a cycle are 26.7 cycles; 3.5 cycles of latency are 4."""
    slow: Numbers = {"bandwidth": 600_000_000}
    assert demands(load("p", "x"), dram=slow).bus.tolist() == [27]


CONV = (
    "mac.conv ifm=tile weight=weight parameters=records ofm=made ifm_pitch=2 "
    "ifm_columns=6 rows={rows} columns=4 channels={channels} kernel=[{kernel}] "
    "stride=[1, 1] dilation=[1, 1] zero_point=0 low=-128 high=127 depth=2 dataflow=ws"
)


def test_a_convolution_on_the_array() -> None:
    """20 pixels, a window of 2 x 2 over 2 channels, 3 channels: 20 * 8 * 3 MACs.

    Two folds of 20 steps, of which the accumulators of 16 hold 16 and then 4; 480 / 16
    steps are needed if no PE idles. Each stretch loads its tile of 4 rows behind the
    steps of the one before it, the last sum leaves 2 * 4 + 4 - 2 cycles later.
    """
    line = CONV.format(rows=5, channels=3, kernel="2, 2")
    found = asked(demands(line))
    ifm, weight, parameters, ofm = 6 * 5 * 2, 3 * 8, 3 * 8, 20 * 3
    assert found == {
        "own": [50],
        "compute": [30],
        "partial": [10],
        "fill_drain": [10],
        "macs": [480],
        "sram_bytes": [ifm + weight + parameters + ofm],
    }


def test_cut_tiles_have_fewer_macs() -> None:
    line = CONV.format(rows="2 of 5 at 2*i", channels="4", kernel="1, 1")
    found = demands(times(3, line))
    assert found.macs.tolist() == [8 * 2 * 4, 8 * 2 * 4, 4 * 2 * 4]
    assert found.own.tolist() == [8 + 10, 8 + 10, 4 + 10]


def test_a_share_of_the_depth_writes_no_ofm() -> None:
    whole = CONV.format(rows=1, channels=4, kernel="1, 1")
    share = whole.replace("depth=2", "depth=2 of 4 at 2*i")
    weight, parameters, ofm = 4 * 2, 4 * 8, 4 * 4
    assert demands(whole).sram_bytes.tolist() == [4 * 2 + weight + parameters + ofm]
    first, last = demands(times(2, share)).sram_bytes.tolist()
    assert (first, last) == (4 * 2 + weight + parameters, first + ofm)


def test_a_depthwise_convolution_uses_one_row() -> None:
    """20 pixels, 4 weights, 3 channels: 4 folds of 20 steps, drained in 4 + 4 - 1."""
    line = CONV.format(rows=5, channels=3, kernel="2, 2").replace("conv", "depthwise")
    line = line.replace("depth=2 dataflow=ws", "").replace("pitch=2", "pitch=4")
    found = demands(line)
    assert found.macs.tolist() == [20 * 4 * 3]
    assert found.own.tolist() == [4 * 20 + 7]
    assert found.compute.tolist() == [240 // 16]
    assert (found.compute + found.partial).tolist() == [80]


def test_elements_go_through_the_lanes() -> None:
    """15 elements in 4 lanes."""
    assert asked(demands(requantise("p", "q", size="15"))) == {
        "own": [4],
        "compute": [4],
        "vector_elements": [15],
        "sram_bytes": [30],
    }


def test_a_pool_looks_at_every_element_of_its_windows() -> None:
    """6 windows of 2 x 3 on 3 channels: 108 elements in 4 lanes."""
    line = (
        "vector.max_pool ifm=tile ofm=made ifm_columns=7 rows=2 columns=3 channels=3 "
        "kernel=[2, 3] stride=[2, 2]"
    )
    assert asked(demands(line)) == {
        "own": [27],
        "compute": [27],
        "vector_elements": [108],
        "sram_bytes": [4 * 7 * 3 + 18],
    }


@pytest.mark.parametrize("passes", [3, 5])
def test_a_softmax_passes_over_its_rows(passes: int) -> None:
    """2 rows of 5 bytes, in 4 lanes."""
    line = (
        "vector.softmax ifm=tile ofm=made table=map rows=2 channels=5 levels=256 "
        "zero_point=0 low=-128 high=127"
    ).replace("map", "tile + 64")
    found = demands(line, vector={"row_passes": passes})
    assert found.vector_elements.tolist() == [10 * passes]
    assert found.own.tolist() == [-(-10 * passes // 4)]


def test_a_permutation_moves_its_bytes_through_the_lanes() -> None:
    line = "vector.permute ifm=tile ofm=made box=[1, 3, 2, 3] strides=[0, 1, 9, 3]"
    assert demands(line).own.tolist() == [5]


def test_a_sync_asks_for_nothing() -> None:
    assert asked(demands(sync("mac"))) == {}


def test_the_dataflow_decides_what_is_walked() -> None:
    """4 pixels, 4 inputs, 4 channels fill the array in every dataflow."""
    line = conv("p", "q")
    for dataflow in ("ws", "os", "is"):
        changed = line.replace("dataflow=ws", f"dataflow={dataflow}")
        assert demands(changed).own.tolist() == [14]
    tall = CONV.format(rows=4, channels=4, kernel="1, 1")
    cycles = [
        int(demands(tall.replace("dataflow=ws", f"dataflow={flow}")).own[0])
        for flow in ("ws", "os", "is")
    ]
    # 16 pixels, 2 inputs, 4 channels: one fold of 16 steps; four of 2 steps that start
    # 4 apart; four of 4 steps
    assert cycles == [16 + 10, 3 * 4 + 2 + 10, 4 * 4 + 10]


def test_stores_and_loads_cost_alike() -> None:
    assert asked(demands(store("p", "y"))) == {
        "own": [10],
        "bus": [16],
        "dram_written": [16],
        "sram_bytes": [16],
    }
