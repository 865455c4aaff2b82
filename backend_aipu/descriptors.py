"""Descriptors as what they add to the one before.

In a launch instructions of a kind are much alike. So the numbers of a descriptor are
written as their differences to those of the last one of the same mnemonic; the first of
each in a launch as they are.
"""

from collections.abc import Sequence

from .isa import LAUNCHES


class Descriptors:
    """The last numbers of each mnemonic, instruction by instruction of an entry.

    Where they are not `relative`, as in files of old, each stands for itself.
    """

    def __init__(self, *, relative: bool = True) -> None:
        self._relative = relative
        self._last: dict[str, Sequence[int]] = {}

    def copy(self) -> "Descriptors":
        """The same place in the same launch, to go on from."""
        other = Descriptors(relative=self._relative)
        other._last = dict(self._last)
        return other

    def differences(self, mnemonic: str, numbers: Sequence[int]) -> list[int]:
        """The numbers of the next instruction as they are written."""
        last = self._before(mnemonic, len(numbers))
        self._last[mnemonic] = numbers
        return [one - other for one, other in zip(numbers, last, strict=True)]

    def numbers(self, mnemonic: str, differences: Sequence[int]) -> list[int]:
        """The numbers of the next instruction, of which the differences are read."""
        last = self._before(mnemonic, len(differences))
        found = [one + other for one, other in zip(differences, last, strict=True)]
        self._last[mnemonic] = found
        return found

    def _before(self, mnemonic: str, count: int) -> Sequence[int]:
        if mnemonic in LAUNCHES or not self._relative:
            self._last.clear()
        return self._last.get(mnemonic, [0] * count)
