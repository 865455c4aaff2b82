"""How long engines compute: the cycles of an operator on rows, in tiles of its weights.

A tile takes what an instruction on it takes in the simulator.
"""

from typing import NamedTuple

import numpy as np

from .....backend_aipu.machine import Machine
from .....backend_aipu.systolic import depthwise_cycles, gemm_cycles
from .....dialects.aipu import Dataflow
from ....machine_forms.stage import Kind, Stage
from ..stripes import Ints


class Effort(NamedTuple):
    """What an operator does at once, int64 of one dimension and length.

    pixels, channels: of its result.
    depth: channels that it reads.
    tile: ofm and ifm channels of a tile of weights.
    """

    pixels: Ints
    channels: Ints
    depth: Ints
    tile: tuple[Ints, Ints]


def busy_cycles(stage: Stage, work: Effort, dataflow: str, machine: Machine) -> Ints:
    """The cycles of an operator, int64 of the same shape; no pixels take none.

    Args:
        stage: the operator, but for numbers; of one that only moves, nothing is said.
        work: how much it does.
        dataflow: of the array.
        machine: that it runs on.
    """
    pixels, window = work.pixels, stage.window.size
    if stage.kind is Kind.CONVOLUTION:
        channels, tiles = _shares(work.channels, work.tile[0])
        depth, parts = _shares(work.depth, work.tile[1])
        each = gemm_cycles(
            machine.array,
            Dataflow(dataflow),
            pixels,
            window * depth[:, None],
            channels,
        ).total
        return (each * tiles * parts[:, None]).sum((0, 1)) * (pixels > 0)
    if stage.kind is Kind.DEPTHWISE:
        channels, tiles = _shares(work.channels, work.tile[0])
        each = depthwise_cycles(machine.array, pixels, np.array(window), channels).total
        return (each * tiles).sum(0) * (pixels > 0)
    elements = pixels * work.channels * (window if stage.kind is Kind.POOL else 1)
    return -(-elements // machine.vector.lanes)


def _shares(total: Ints, size: Ints) -> tuple[Ints, Ints]:
    """The sizes of whole tiles of a dimension, and of the rest, and how many there are
    of each: int64 [2, ...].
    """
    whole, rest = np.divmod(total, size)
    return np.stack([size, rest]), np.stack([whole, (rest > 0).astype(np.int64)])
