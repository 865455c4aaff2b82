"""Whose bytes lie in memory: through which buffer each of them was written last.

A byte is there for the buffer that it was written through, and for no other at the same
address. Nothing writes weights while a program runs: they are always there.
"""

from collections.abc import Sequence

import numpy as np

from ...backend_aipu.program import Program
from ...dialects.aipu import Space
from .operands import Operand

NOBODY = 0


class Writers:
    """For each byte of SRAM and DRAM, the number of the buffer that has it."""

    def __init__(self, program: Program, inputs: Sequence[str]):
        """Only the buffers `inputs` are written."""
        self.program = program
        self.numbers = {b.name: i for i, b in enumerate(program.buffers, NOBODY + 1)}
        dtype = np.min_scalar_type(len(program.buffers))
        self.last = {
            space: np.full(program.bytes_in(space), NOBODY, dtype)
            for space in (Space.SRAM, Space.DRAM)
        }
        for name in inputs:
            if (whole := self._whole(name)) is not None:
                whole[...] = self.numbers[name]

    def write(self, view: Operand, instance: int) -> None:
        """An instance writes through a view."""
        self._bytes(view, instance)[...] = self.numbers[view.buffer]

    def missing(self, view: Operand, instance: int) -> str:
        """What an instance does not find of what it reads through a view; or ""."""
        if view.space is Space.WEIGHTS:
            return ""
        return self._missing(self._bytes(view, instance), view.buffer)

    def missing_of(self, buffer: str) -> str:
        """What nobody wrote of a buffer; or ""."""
        whole = self._whole(buffer)
        return "" if whole is None else self._missing(whole, buffer)

    def _missing(self, found: np.ndarray, buffer: str) -> str:
        """How many bytes are not the buffer's, and whose the first of them is."""
        foreign = found != self.numbers[buffer]
        if not foreign.any():
            return ""
        others = found[foreign]
        count = f"{others.size} of {found.size} bytes"
        if others[0] == NOBODY:
            return count
        owner = self.program.buffers[int(others[0]) - NOBODY - 1].name
        return f"{count}, which are those of '{owner}'"

    def _whole(self, name: str) -> np.ndarray | None:
        """The bytes of a buffer; None of weights."""
        buffer = self.program.buffer(name)
        if buffer.space is Space.WEIGHTS:
            return None
        return self.last[buffer.space][buffer.address : buffer.end]

    def _bytes(self, view: Operand, instance: int) -> np.ndarray:
        """Exactly the bytes that an instance touches."""
        last = self.last[view.space]
        return np.ndarray(
            view.shape[instance].tolist(),
            last.dtype,
            last,
            int(view.offset[instance]) * last.itemsize,
            tuple(stride * last.itemsize for stride in view.strides),
        )
