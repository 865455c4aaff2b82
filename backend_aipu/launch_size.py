"""How many bytes of instructions a launch has: what `control.program` bounds.

A launch is a word for each of its instructions and, once each, their descriptors.
"""

from collections.abc import Iterable, Iterator

from .isa import BY_MNEMONIC, LAUNCHES, WORD_BYTES, WORKS
from .program import Entry, Instruction


class LaunchSize:
    """The size of one launch, as it grows."""

    def __init__(self) -> None:
        self.bytes = 0
        self._descriptors: set[object] = set()

    def with_(self, instructions: Iterable[Instruction]) -> int:
        """The bytes that the launch would have with more instructions."""
        return self._more(instructions, set(self._descriptors))

    def add(self, instructions: Iterable[Instruction]) -> int:
        """Take up more instructions; the bytes of the launch."""
        self.bytes = self._more(instructions, self._descriptors)
        return self.bytes

    def _more(self, instructions: Iterable[Instruction], seen: set[object]) -> int:
        size = self.bytes
        for instruction in instructions:
            size += WORD_BYTES
            key = (instruction.mnemonic, tuple(instruction.fields.values()))
            if key not in seen:
                seen.add(key)
                size += BY_MNEMONIC[instruction.mnemonic].size
        return size


def launch_sizes(entry: Entry) -> Iterator[tuple[str, int]]:
    """The bytes of every launch of an entry, and the work that it begins with."""
    size, name, running = LaunchSize(), "", ""
    for instruction in entry.instructions:
        if instruction.mnemonic in WORKS:
            running = str(instruction.fields["work"])
        if instruction.mnemonic in LAUNCHES:
            if name:
                yield name, size.bytes
            size, name = LaunchSize(), running
        size.add([instruction])
    if name:
        yield name, size.bytes
