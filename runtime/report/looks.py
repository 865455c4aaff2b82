"""How causes and engines look, the same in the terminal, the page and the charts.

Colours are Paul Tol's "bright" scheme (SRON technical note 2021), which people with
colour-blindness can tell apart; in the terminal each cause has a glyph besides.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ...dialects.aipu import Engine

BLUE, CYAN, GREEN, YELLOW, RED, PURPLE, GREY = (
    "#4477aa",
    "#66ccee",
    "#228833",
    "#ccbb44",
    "#ee6677",
    "#aa3377",
    "#bbbbbb",
)


class Look(NamedTuple):
    """The name that people read, a colour, a glyph of one cell, and what it means."""

    name: str
    colour: str
    glyph: str
    meaning: str


CAUSES: Mapping[str, Look] = {
    "compute": Look("compute", BLUE, "█", "the array or the vector unit works"),
    "fill_drain": Look("fill, drain", CYAN, "▓", "data enters and leaves the array"),
    "partial": Look("partial tiles", GREEN, "▒", "a tile leaves rows or columns idle"),
    "dma_wait": Look("DMA wait", RED, "░", "only transfers run"),
    "sync": Look("sync", PURPLE, "x", "nothing runs between instructions"),
    "launch": Look("launch", GREY, "-", "the piece of work is started"),
}

ENGINE_LOOKS: Mapping[Engine, Look] = {
    Engine.LOAD: Look("DMA load", CYAN, "", "DRAM to SRAM"),
    Engine.MAC: Look("MAC array", BLUE, "", "convolutions"),
    Engine.VECTOR: Look("vector unit", GREEN, "", "everything else"),
    Engine.STORE: Look("DMA store", YELLOW, "", "SRAM to DRAM"),
}
