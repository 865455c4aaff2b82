"""Whether a network fits the memory of its machine; if not, what uses it."""

from collections.abc import Iterable
from math import prod

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Buffer, Program
from ...dialects import nn
from ...dialects.aipu import Space
from ...dialects.locations import place
from ...errors import AipuError
from ..authoring.functions import input_name

LARGEST = 5


def check_memory(program: Program, machine: Machine) -> None:
    """Refuse a program that needs more DRAM than the machine has.

    Raises:
        AipuError: with a table of what uses the memory.
    """
    used = {
        "weights": program.bytes_in(Space.WEIGHTS),
        "feature maps": program.bytes_in(Space.DRAM),
    }
    need, have = sum(used.values()), machine.dram.bytes
    if need <= have:
        return
    rows = [f"{size / 1e6:10.1f} MB  {name}" for name, size in used.items()]
    weights = (b for b in program.buffers if b.space is Space.WEIGHTS)
    rows += [f"{b.bytes / 1e6:10.1f} MB    {b.name}" for b in _largest(weights)]
    table = "\n".join(rows)
    raise AipuError(
        f"the network needs {need / 1e6:.1f} MB of DRAM, {machine.name} has "
        f"{have / 1e6:.1f} MB: {(need - have) / 1e6:.1f} MB too many\n{table}",
        remedy="build it for a larger target (aipu targets), or use a smaller network",
    )


def check_feature_maps(network: FuncOp, machine: Machine) -> None:
    """Refuse a feature map that no schedule brings to the machine.

    What there is of DRAM holds it as int8 at least; so nobody need calibrate, and run
    out of the memory of this computer.

    Raises:
        AipuError: one has more elements than the machine has bytes.
    """
    places: dict[SSAValue, str] = {
        argument: f"input '{input_name(argument)}'" for argument in network.args
    }
    for op in network.walk():
        if isinstance(op, nn.Operator):
            places[op.ofm] = place(op)
    for value, where in places.items():
        need, have = prod(nn.shape(value)), machine.dram.bytes
        if need > have:
            raise AipuError(
                f"a feature map of the shape {list(nn.shape(value))} needs "
                f"{need / 1e9:.1f} GB in int8, {machine.name} has {have / 1e9:.1f} GB "
                "of DRAM",
                place=where,
                remedy="use a smaller batch, or smaller inputs",
            )


def _largest(buffers: Iterable[Buffer]) -> list[Buffer]:
    return sorted(buffers, key=lambda buffer: -buffer.bytes)[:LARGEST]
