"""A program as plain data: what codegen makes of a module and the simulator decodes.

The same program has three other forms, and every change of form is lossless:
`codegen` goes to and from the `aipu` dialect, `assembly` to and from text, `binary` to
and from the ELF file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ..dialects.aipu import Extent, Index, Space
from .network import Network


class Reference(NamedTuple):
    """The bytes of `buffer` from `byte` on, in its slot `slot` modulo its slots."""

    buffer: str
    slot: Index = Index()
    byte: Index = Index()


Value = int | str | tuple[int, ...] | tuple[Index, ...] | Index | Extent | Reference


@dataclass(frozen=True)
class Buffer:
    """`slots` pieces of `bytes` bytes from `address` of a memory space."""

    name: str
    space: Space
    address: int
    bytes: int
    slots: int = 1

    @property
    def end(self) -> int:
        """The first address after the buffer."""
        return self.address + self.bytes * self.slots


@dataclass(frozen=True)
class Instruction:
    """A mnemonic with its fields, tokens, and the source node that it comes from.

    `wait` and `signal` name tokens in the order of the program's `tokens`.
    """

    mnemonic: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    wait: tuple[str, ...] = ()
    signal: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry point. Loops are flat: `loop` opens a body that `end` closes.

    The `end` has the source of its loop.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class Program:
    """Everything in a binary but the weights themselves.

    network: what the entry points make together, if that is known.
    """

    target: str
    tokens: tuple[str, ...]
    buffers: tuple[Buffer, ...]
    entries: tuple[Entry, ...]
    network: Network | None = None

    @cached_property
    def buffer_number(self) -> Mapping[str, int]:
        """The number of every buffer by its name."""
        return {buffer.name: number for number, buffer in enumerate(self.buffers)}

    def buffer(self, name: str) -> Buffer:
        """The buffer of a name."""
        return self.buffers[self.buffer_number[name]]

    def bytes_in(self, space: Space) -> int:
        """How much of a memory space the program needs."""
        ends = (buffer.end for buffer in self.buffers if buffer.space is space)
        return max(ends, default=0)


def loop_names(instructions: Sequence[Instruction], position: int) -> list[str]:
    """The names of the loops around an instruction, outermost first."""
    names: list[str] = []
    for instruction in instructions[:position]:
        if instruction.mnemonic == "loop":
            names.append(str(instruction.fields["counter"]))
        elif instruction.mnemonic == "end":
            names.pop()
    return names
