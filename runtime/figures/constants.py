"""The weights and parameters that each piece of work of a binary reads."""

from collections.abc import Mapping

from ...backend_aipu.isa import WORKS
from ...backend_aipu.program import Program, Reference
from ...dialects.aipu import Space


def constants(program: Program) -> Mapping[str, Mapping[str, int]]:
    """Of each piece of work, the buffers of constants that it reads, and their bytes.

    Equal constants are one buffer: works that share them have it in common.
    """
    bytes_of = {b.name: b.bytes for b in program.buffers if b.space is Space.WEIGHTS}
    found: dict[str, dict[str, int]] = {}
    for entry in program.entries:
        reads: dict[str, int] = {}
        for instruction in entry.instructions:
            if instruction.mnemonic in WORKS:
                reads = found.setdefault(str(instruction.fields["work"]), {})
            for value in instruction.fields.values():
                if isinstance(value, Reference) and value.buffer in bytes_of:
                    reads[value.buffer] = bytes_of[value.buffer]
    return found
