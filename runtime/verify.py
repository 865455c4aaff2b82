"""The ladder: every layer of the machine at every level, compared bit for bit.

The quantised network is the reference of what the machine computes. The groups of the
`tile` level, the program of the `aipu` level and the decoded binary must all give the
same bytes. How far integers are from the float network is shown beside it, in numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from ..backend_aipu.codegen import to_program
from ..dialects import nn
from ..dialects.aipu import ProgramOp
from ..dialects.locations import source_name
from ..dialects.quant import UniformType, quantisation
from ..passes.group_graph import groups_of
from ..passes.segments import machine_functions
from .levels import AIPU, FLOAT, QUANTISED, TILE
from .session import evaluated_segments, run_network, simulated_segments
from .simulator.simulator import Simulator

if TYPE_CHECKING:
    from .package import Package


@dataclass(frozen=True)
class Row:
    """One layer at one level.

    equal: the same bytes as the quantised network; None where nothing was kept.
    cosine, sqnr_db: against the float network; None where it has no such layer.
    """

    name: str
    level: str
    equal: bool
    cosine: float | None
    sqnr_db: float | None


def verify(package: Package, inputs: Sequence[np.ndarray]) -> list[Row]:
    """The rows of all layers that the machine runs, level by level."""
    quantised = package.levels[QUANTISED]
    expected = _evaluated(package, QUANTISED, inputs)
    floats = _evaluated(package, FLOAT, inputs)
    types = _types(quantised)
    layers = _layers(package.levels[TILE])
    rows: list[Row] = []
    for level, found in (
        ("tile", _evaluated(package, TILE, inputs)),
        ("aipu", _simulated(package, quantised, _from_module(package), inputs)),
        ("binary", _simulated(package, quantised, package.simulator, inputs)),
    ):
        rows += [
            Row(
                name,
                level,
                name in found and _same_bytes(expected[name], found[name]),
                *_distance(floats.get(name), found.get(name), types[name]),
            )
            for name in layers
        ]
    return rows
