"""Small programs in assembly text: what tests of hazards and of timing are made of.

Each function gives the line of one instruction on tiles of 16 bytes; `ending` is what
follows its fields, as `wait a signal b @node`.
"""

import numpy as np
import pytest

from aipu.backend_aipu.assembly import parse_assembly
from aipu.backend_aipu.machine import Machine
from aipu.backend_aipu.program import Program
from aipu.dialects.aipu import Space
from aipu.runtime.simulator.faults import HazardError
from aipu.runtime.simulator.simulator import PreparedEntry, Simulator
from aipu.tests.machines import tiny_machine

BUFFERS = """
.buffer x       dram    at 0  bytes 16
.buffer y       dram    at 16 bytes 16
.buffer const   weights at 0  bytes 48
.buffer p       sram    at 0  bytes 16
.buffer q       sram    at 16 bytes 16
.buffer r       sram    at 32 bytes 16 slots 2
.buffer weight  sram    at 64 bytes 16
.buffer records sram    at 80 bytes 32
"""
LARGE = f"""{BUFFERS}
.buffer many weights at  48 bytes 80
.buffer wide sram    at 128 bytes 80
.buffer sums sram    at 208 bytes 80
"""


def load(sram: str, dram: str, ending: str = "", size: int = 16) -> str:
    return f"dma.load sram={sram} dram={dram} {_vector(size)} fill=0 {ending}"


def store(sram: str, dram: str, ending: str = "", size: int = 16) -> str:
    return f"dma.store sram={sram} dram={dram} {_vector(size)} {ending}"


def _vector(size: int) -> str:
    """A box that is all of a vector."""
    return (
        f"shape=[1, 1, 1, {size}] strides=[{size}, {size}, {size}, 1] "
        f"origin=[0, 0, 0, 0] box=[1, 1, 1, {size}]"
    )


def conv(
    ifm: str,
    ofm: str,
    ending: str = "",
    *,
    weight: str = "weight",
    records: str = "records",
    rows: str = "1",
    depth: str = "4",
) -> str:
    """A 1x1 convolution of four pixels, from four channels to four."""
    return (
        f"mac.conv ifm={ifm} weight={weight} parameters={records} ofm={ofm} "
        f"ifm_pitch=4 ifm_columns=4 rows={rows} columns=4 channels=4 kernel=[1, 1] "
        "stride=[1, 1] dilation=[1, 1] zero_point=0 low=-128 high=127 "
        f"depth={depth} dataflow=ws {ending}"
    )


def requantise(ifm: str, ofm: str, ending: str = "", size: str = "16") -> str:
    return (
        f"vector.requantise ifm={ifm} ofm={ofm} elements={size} multiplier=1 shift=0 "
        f"zero_points=[0, 0] low=-128 high=127 {ending}"
    )


def copy_pixels(
    ifm: str, ofm: str, size: tuple[int, int, int], ending: str = "", /, **pitches: str
) -> str:
    """Rows of pixels as they are, `ifm="8, 4"` bytes between rows and pixels."""
    rows, columns, elements = size
    between = " ".join(f"{name}_pitches=[{each}]" for name, each in pitches.items())
    return requantise(
        ifm, ofm, f"rows={rows} columns={columns} {between} {ending}", str(elements)
    )


def avg_pool(
    ifm: str, ofm: str, ending: str = "", *, counts: int, corner: str, rows: str = "2"
) -> str:
    """Windows of 2x2 on a map of 3x3 elements; two columns of one channel."""
    return (
        f"vector.avg_pool ifm={ifm} ofm={ofm} ifm_columns=3 rows={rows} columns=2 "
        f"channels=1 kernel=[2, 2] stride=[1, 1] parameters=records counts={counts} "
        f"inside=[3, 3] corner_row={corner} corner_column=-1 zero_points=[0, 0] "
        f"low=-128 high=127 {ending}"
    )


def sync(engine: str, ending: str = "") -> str:
    return f"sync engine={engine} {ending}"


def times(count: int, *body: str) -> str:
    """A loop, whose counter is `i`."""
    return "\n".join([f"loop i times {count} {{", *body, "}"])


def launch(work: str = "work", credits: str = "") -> str:
    return f"launch work={work} credits=[{credits}] @{work}"


def program(*body: str, buffers: str = BUFFERS, outputs: str = "") -> Program:
    """A program for the tiny machine, with the tokens a, b, c and d."""
    ends = f" outputs {outputs}" if outputs else ""
    head = f".target tiny\n.tokens a, b, c, d\n{buffers}\n.entry main inputs x{ends}\n"
    return parse_assembly(head + "\n".join(body) + "\n", "text")


def prepared(program: Program, machine: Machine) -> PreparedEntry:
    """The first entry of a program in the memory of a machine, its weights 1."""
    weights = {
        buffer.name: np.ones(buffer.bytes * buffer.slots, np.int8)
        for buffer in program.buffers
        if buffer.space is Space.WEIGHTS
    }
    return Simulator(program, weights, machine).entry(program.entries[0].name)


FILL = [
    launch("fill"),
    load("p", "x"),
    load("q", "x"),
    load("r[0]", "x"),
    load("r[1]", "x"),
    load("weight", "const"),
    load("records", "const + 16", size=32),
    launch("ready"),
]
"""Writes all of the SRAM; the launch behind it waits until it is written."""


def check(*body: str, buffers: str = BUFFERS, outputs: str = "") -> None:
    """Look for hazards in a program for the tiny machine."""
    _ = prepared(program(*body, buffers=buffers, outputs=outputs), tiny_machine()).sound


def fault(*body: str, buffers: str = BUFFERS, outputs: str = "") -> str:
    """The hazard that a program must have."""
    with pytest.raises(HazardError) as error:
        check(*body, buffers=buffers, outputs=outputs)
    return str(error.value)
