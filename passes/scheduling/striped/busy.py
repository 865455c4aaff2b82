"""How long engines compute: the cycles of an operator on rows, in tiles of its weights.

A tile takes what an instruction on it takes in the simulator.
"""

import numpy as np

from ....backend_aipu.machine import Machine
from ....backend_aipu.systolic import depthwise_cycles, gemm_cycles
from ....dialects.aipu import Dataflow
from ...machine_forms.stage import Kind, Stage
from .stripes import Ints


def busy_cycles(
    stage: Stage,
    rows: Ints,
    tile: tuple[Ints, Ints],
    dataflow: str,
    machine: Machine,
) -> Ints:
    """The cycles of an operator on rows of its result, int64 of the same shape; no
    rows take none.

    Args:
        stage: the operator; of one that only moves, nothing is said here.
        rows: how many at once, int64 of one dimension.
        tile: ofm and ifm channels of a tile of weights, int64: one, or as many.
        dataflow: of the array.
        machine: that it runs on.
    """
    pixels, window = rows * stage.ofm[2], stage.window.size
    if stage.kind is Kind.CONVOLUTION:
        channels, tiles = _shares(stage.ofm[3], tile[0])
        depth, parts = _shares(stage.ifm[3], tile[1])
        each = gemm_cycles(
            machine.array,
            Dataflow(dataflow),
            pixels,
            window * depth[:, None],
            channels,
        ).total
        return (each * tiles * parts[:, None]).sum((0, 1)) * (rows > 0)
    if stage.kind is Kind.DEPTHWISE:
        channels, tiles = _shares(stage.ofm[3], tile[0])
        each = depthwise_cycles(machine.array, pixels, np.array(window), channels).total
        return (each * tiles).sum(0) * (rows > 0)
    elements = pixels * stage.ofm[3] * (window if stage.kind is Kind.POOL else 1)
    return -(-elements // machine.vector.lanes)


def _shares(total: int, size: Ints) -> tuple[Ints, Ints]:
    """The sizes of whole tiles of a dimension, and of the rest, and how many there are
    of each: int64 [2, ...].
    """
    whole, rest = np.divmod(total, size)
    return np.stack([size, rest]), np.stack([whole, (rest > 0).astype(np.int64)])
