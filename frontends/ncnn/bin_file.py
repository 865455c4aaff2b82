"""Reading `.bin`: the weights of all layers, one after another.

A tagged array begins with a word: 0 for float32, others for float16, bfloat16 and int8,
anything else for a table of 256 reals and an index into it for each element. Every
array begins at a multiple of four bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ...errors import AipuError
from .param_file import NcnnLayer
from .weight_layout import LAYOUTS, Slot, Stored

FLOAT32, FLOAT16, BFLOAT16, INT8 = 0, 0x01306B47, 0x01348B83, 0x000D4B38
TABLE = 256


class Reader:
    """Takes arrays off the front of a file."""

    def __init__(self, path: Path):
        self.path = path
        self.position = 0
        try:
            self.data = np.memmap(path, np.uint8, "r") if path.stat().st_size else None
        except OSError as error:
            raise AipuError(
                f"cannot read: {error.strerror}", place=str(path)
            ) from error
        self.size = 0 if self.data is None else len(self.data)

    def array(self, slot: Slot, layer: NcnnLayer) -> np.ndarray:
        """The next array: float32, or int8 if it is stored so."""
        if slot.size < 0:
            raise AipuError(f"a weight of {slot.size} elements", place=layer.place)
        tag = FLOAT32
        if slot.stored is Stored.TAGGED:
            tag = int(self._take(1, np.dtype("<u4"), layer)[0])
        return ENCODINGS.get(tag, Reader.of_table)(self, slot.size, layer)

    def of_float32(self, count: int, layer: NcnnLayer) -> np.ndarray:
        return self._take(count, np.dtype("<f4"), layer)

    def of_float16(self, count: int, layer: NcnnLayer) -> np.ndarray:
        return self._take(count, np.dtype("<f2"), layer).astype(np.float32)

    def of_bfloat16(self, count: int, layer: NcnnLayer) -> np.ndarray:
        halves = self._take(count, np.dtype("<u2"), layer).astype(np.uint32)
        return (halves << 16).view(np.float32)

    def of_int8(self, count: int, layer: NcnnLayer) -> np.ndarray:
        return self._take(count, np.dtype("i1"), layer)

    def of_table(self, count: int, layer: NcnnLayer) -> np.ndarray:
        table = self._take(TABLE, np.dtype("<f4"), layer)
        return table[self._take(count, np.dtype("u1"), layer)]

    def _take(self, count: int, element: np.dtype, layer: NcnnLayer) -> np.ndarray:
        size = count * element.itemsize
        end = self.position + size
        if self.data is None or end > self.size:
            raise AipuError(
                f"the file ends before the weights of {layer.place}: it needs {end} "
                f"bytes, {self.size} are there",
                place=str(self.path),
                remedy="is it of the same model as the .param file?",
            )
        taken = self.data[self.position : end]
        self.position = end + -size % 4
        return np.frombuffer(taken, element)


ENCODINGS: Mapping[int, Callable[[Reader, int, NcnnLayer], np.ndarray]] = {
    FLOAT32: Reader.of_float32,
    FLOAT16: Reader.of_float16,
    BFLOAT16: Reader.of_bfloat16,
    INT8: Reader.of_int8,
}


def read_bin(path: Path, layers: Sequence[NcnnLayer]) -> dict[str, list[np.ndarray]]:
    """The weights of each layer, by its name.

    After a layer of an operator that is not known nothing can be found any more: the
    layers from there on have none.

    Raises:
        AipuError: the file is missing, or does not hold what the layers need.
    """
    reader = Reader(path)
    arrays: dict[str, list[np.ndarray]] = {}
    for layer in layers:
        if layer.operator not in LAYOUTS:
            return arrays
        slots = LAYOUTS[layer.operator](layer)
        arrays[layer.name] = [reader.array(slot, layer) for slot in slots]
    if reader.position < reader.size:
        raise AipuError(
            f"{reader.size - reader.position} bytes are left after the last weight",
            place=str(path),
            remedy="is it of the same model as the .param file?",
        )
    return arrays
