"""Whether a program fits the memory of its machine; if not, what uses it."""

from collections.abc import Iterable

from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Buffer, Program
from ...dialects.aipu import Space
from ...errors import AipuError

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


def _largest(buffers: Iterable[Buffer]) -> list[Buffer]:
    return sorted(buffers, key=lambda buffer: -buffer.bytes)[:LARGEST]
