"""What a binary takes of the board's memory: the table of the vendor's log."""

from collections.abc import Iterator

from ...backend_aipu.binary.tables import encode
from ...dialects.aipu import Space
from ..building.package import Package

READ_ONLY = (".aipu.tokens", ".aipu.buffers", ".aipu.entries", ".aipu.strings")


def memory_lines(package: Package) -> Iterator[str]:
    """The sections in bytes, their sum, and how it fits the board."""
    program, available = package.simulator.program, package.machine.dram.bytes
    tables = encode(program)
    sizes = {
        "Text    section": len(tables[".text"]),
        "RO      section": sum(len(tables[name]) for name in READ_ONLY),
        "Desc    section": len(tables[".descriptors"]),
        "Data    section": program.bytes_in(Space.WEIGHTS),
        "BSS     section": program.bytes_in(Space.DRAM),
    }
    total = sum(sizes.values())
    yield f"Total memory for this graph: {total:#x} Bytes"
    for name, size in sizes.items():
        yield f"{name}: {size:#010x} Bytes"
    yield f"Workspace(SRAM): {program.bytes_in(Space.SRAM):#010x} Bytes"
    yield f"The board has {available:#x} Bytes: {total / available:.1%} of them taken"
