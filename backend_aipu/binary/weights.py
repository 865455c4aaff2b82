"""The weights of a program as one image, and back."""

from collections.abc import Mapping

import numpy as np

from ...dialects.aipu import Space
from ...errors import AipuError, nearest
from ..program import Buffer, Program


def write_weights(program: Program, weights: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of every buffer of weights, each at its address.

    Raises:
        AipuError: weights are missing, are too many, or have another size or type.
    """
    buffers = _buffers(program)
    for name in weights:
        if name not in buffers:
            raise AipuError(
                f"weights for '{name}', which is no buffer of weights",
                remedy=nearest(name, buffers) if buffers else "",
            )
    image = np.zeros(program.bytes_in(Space.WEIGHTS), np.uint8)
    for buffer in buffers.values():
        image[buffer.address : buffer.end] = _bytes_of(buffer, weights)
    return image.tobytes()


def read_weights(program: Program, image: memoryview) -> dict[str, np.ndarray]:
    """Flat, read-only uint8 views of an image, one for each buffer of weights."""
    return {
        name: np.frombuffer(image[buffer.address : buffer.end], np.uint8)
        for name, buffer in _buffers(program).items()
    }


def _buffers(program: Program) -> Mapping[str, Buffer]:
    return {b.name: b for b in program.buffers if b.space is Space.WEIGHTS}


def _bytes_of(buffer: Buffer, weights: Mapping[str, np.ndarray]) -> np.ndarray:
    size = buffer.end - buffer.address
    if buffer.name not in weights:
        raise AipuError(
            f"no weights for the buffer '{buffer.name}' of {size} bytes",
            remedy="give the program its weights",
        )
    array = weights[buffer.name]
    if array.dtype not in (np.int8, np.uint8) or array.size != size:
        raise AipuError(
            f"the weights of '{buffer.name}' are {array.size} numbers of {array.dtype}",
            remedy=f"its buffer takes {size} numbers of int8 or uint8",
        )
    return np.ascontiguousarray(array).view(np.uint8).ravel()
