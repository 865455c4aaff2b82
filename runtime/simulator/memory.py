"""The memories of the machine, as numpy arrays of bytes, and views of them."""

from collections.abc import Mapping

import numpy as np

from ...backend_aipu.program import Program
from ...dialects.aipu import Space
from ...errors import AipuError
from .operands import Operand, Operands


class Memory:
    """SRAM, DRAM and weights. What nobody wrote holds a value that looks wrong."""

    UNWRITTEN = -86

    def __init__(self, program: Program, weights: Mapping[str, np.ndarray]):
        """Memories of the size that `program` needs, `weights` in their buffers.

        Raises:
            AipuError: the weights of a buffer are missing, or of another size.
        """
        self.program = program
        self.spaces = {
            space: np.full(program.bytes_in(space), self.UNWRITTEN, np.int8)
            for space in Space
        }
        for buffer in program.buffers:
            if buffer.space is Space.WEIGHTS:
                if buffer.name not in weights:
                    raise AipuError(f"no weights for the buffer '{buffer.name}'")
                self.write(buffer.name, weights[buffer.name])

    def write(self, buffer: str, data: np.ndarray) -> None:
        """Put the bytes of an array into a buffer.

        Raises:
            AipuError: they are not as many as the buffer holds.
        """
        target = self.program.buffer(buffer)
        flat = np.ascontiguousarray(data).reshape(-1).view(np.int8)
        expected = target.bytes * target.slots
        if flat.size != expected:
            raise AipuError(
                f"expected {expected:,} bytes, found {flat.size:,}",
                place=f"buffer '{buffer}'",
            )
        self.spaces[target.space][target.address : target.end] = flat

    def read(self, buffer: str) -> np.ndarray:
        """A copy of the bytes of a buffer, int8."""
        source = self.program.buffer(buffer)
        return self.spaces[source.space][source.address : source.end].copy()

    def views(self, operands: Operands, instances: int) -> list[dict[str, np.ndarray]]:
        """The views of all operands of every instance, int8, by operand."""
        rows: list[dict[str, np.ndarray]] = [{} for _ in range(instances)]
        for name, operand in operands.items():
            for row, view in zip(rows, self._column(operand), strict=True):
                row[name] = view
        return rows

    def _column(self, operand: Operand) -> list[np.ndarray]:
        space = self.spaces[operand.space]
        return [
            np.ndarray(shape, np.int8, space, offset, operand.strides)
            if all(shape)
            else np.empty(shape, np.int8)
            for offset, shape in zip(
                operand.offset.tolist(), operand.shape.tolist(), strict=True
            )
        ]
