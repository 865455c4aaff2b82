"""How many bytes of instructions a launch has: what `control.program` bounds.

A launch is a word for each of its instructions and, once each, their descriptors. What
is called by its number counts as if that were large, and far from others: it is known
last of all.
"""

from collections.abc import Iterable, Iterator

from .descriptors import Descriptors
from .fields import Symbols
from .isa import BY_MNEMONIC, LAUNCHES, WORD_BYTES, WORKS
from .packing import pack
from .program import Entry, Instruction

LARGE, APART = 1 << 13, 1 << 6
"""Numbers, and differences between them, of two bytes at least, as those of strings and
buffers seldom exceed.
"""


class LaunchSize:
    """The size of one launch, as it grows."""

    def __init__(self) -> None:
        self.bytes = 0
        self._stored: set[bytes] = set()
        self._descriptors = Descriptors()
        self._symbols = Symbols(_Numbers(), _Numbers())

    def with_(self, instructions: Iterable[Instruction]) -> int:
        """The bytes that the launch would have with more instructions."""
        return self._more(instructions, set(self._stored), self._descriptors.copy())

    def add(self, instructions: Iterable[Instruction]) -> int:
        """Take up more instructions; the bytes of the launch."""
        self.bytes = self._more(instructions, self._stored, self._descriptors)
        return self.bytes

    def _more(
        self,
        instructions: Iterable[Instruction],
        stored: set[bytes],
        descriptors: Descriptors,
    ) -> int:
        size = self.bytes
        for instruction in instructions:
            mnemonic = instruction.mnemonic
            numbers = BY_MNEMONIC[mnemonic].numbers(instruction.fields, self._symbols)
            data = pack(descriptors.differences(mnemonic, numbers))
            size += WORD_BYTES + (0 if data in stored else len(data))
            stored.add(data)
        return size


class _Numbers(dict[str, int]):
    """Names by numbers that lie apart; a new one gets the next."""

    def __missing__(self, name: str) -> int:
        self[name] = LARGE + APART * len(self)
        return self[name]


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
