"""The tokens of a program while it is lowered: pieces of work share what there are.

Their counts are set where a piece of work begins, so that a token may stand for one
thing in one and for another in the next. Each has the name that it was first used by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from ...backend_aipu.program import Instruction
from ...dialects.aipu.program import MAX_TOKENS

Parts = Sequence[Sequence[Instruction]]


@dataclass
class TokenTable:
    """Tokens by name, numbered by their place."""

    numbers: dict[str, int] = field(default_factory=dict)

    def take(
        self, parts: Parts, credits: Mapping[str, int]
    ) -> tuple[Parts, tuple[int, ...]]:
        """The instructions of a piece of work with tokens of the program, and with what
        counts these begin, up to the last that does not begin at nothing.
        """
        wanted = dict.fromkeys(
            token
            for instruction in chain(*parts)
            for token in (*instruction.wait, *instruction.signal)
        )
        names = self._names(list(wanted))
        counts = {names[token]: count for token, count in credits.items()}
        row = [counts.get(name, 0) for name in self.numbers]
        while row and not row[-1]:
            row.pop()
        renamed = [[_renamed(each, names) for each in part] for part in parts]
        return renamed, tuple(row)

    def _names(self, wanted: Sequence[str]) -> Mapping[str, str]:
        """A token of the program for each: the same, a new, or a free one."""
        names: dict[str, str] = {name: name for name in wanted if name in self.numbers}
        for name in wanted:
            if name in names:
                continue
            if len(self.numbers) < MAX_TOKENS:
                self.numbers[name] = len(self.numbers)
                names[name] = name
            else:
                taken = set(names.values())
                free = (other for other in self.numbers if other not in taken)
                names[name] = next(free, name)
        return names


def _renamed(instruction: Instruction, names: Mapping[str, str]) -> Instruction:
    wait = tuple(names[token] for token in instruction.wait)
    signal = tuple(names[token] for token in instruction.signal)
    if (wait, signal) == (instruction.wait, instruction.signal):
        return instruction
    return replace(instruction, wait=wait, signal=signal)
