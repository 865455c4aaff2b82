"""How many bytes of instructions a launch has: what `control.program` bounds.

A launch is a word for each of its instructions and, once each, their descriptors. What
is called by its number counts as if that were large: it is known last of all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .fields import Symbols
from .isa import BY_MNEMONIC, LAUNCHES, WORD_BYTES, WORKS
from .program import Entry, Instruction

LARGE = 1 << 13
"""A number of two bytes at least, as those of strings and buffers seldom exceed."""

SYMBOLS = Symbols(defaultdict(lambda: LARGE), defaultdict(lambda: LARGE))


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
                spec = BY_MNEMONIC[instruction.mnemonic]
                size += len(spec.descriptor(instruction.fields, SYMBOLS))
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
