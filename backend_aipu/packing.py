"""Whole numbers in few bytes: what descriptors are made of.

    number    its zigzag form, 7 bits a byte, the lowest first; the top bit says that
              another byte follows: 0, -1, 1, -2, 2 are 0, 1, 2, 3, 4
    0         followed by one byte: how many zeros more there are

Most numbers of an instruction are small, and most strides are 0.
"""

from collections.abc import Iterable

MOST_ZEROS = 256
LONGEST = 5
"""Bytes of a number of 33 bits: 32, and the sign."""


def pack(numbers: Iterable[int]) -> bytes:
    """The bytes of numbers of at most 33 bits."""
    data = bytearray()
    zeros = 0
    for number in numbers:
        if number == 0:
            zeros += 1
            continue
        data += _zeros(zeros)
        zeros = 0
        rest = 2 * number if number > 0 else -2 * number - 1
        while rest >> 7:
            data.append(rest & 0x7F | 0x80)
            rest >>= 7
        data.append(rest)
    return bytes(data + _zeros(zeros))


def unpack(data: bytes, start: int, count: int) -> tuple[list[int], int]:
    """So many numbers from a byte on, and where they end.

    Raises:
        IndexError: the data ends before, or what is there are no such numbers.
    """
    numbers: list[int] = []
    while len(numbers) < count:
        value, shift = 0, 0
        while True:
            byte = data[start]
            start += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte >> 7:
                break
            if shift == 7 * LONGEST:
                raise IndexError("a number of too many bytes")
        numbers.append(-(value + 1) // 2 if value & 1 else value // 2)
        if value == 0:
            numbers += [0] * data[start]
            start += 1
    if len(numbers) > count:
        raise IndexError("zeros beyond the last number")
    return numbers, start


def _zeros(count: int) -> bytes:
    data = bytearray()
    while count:
        run = min(count, MOST_ZEROS)
        data += bytes((0, run - 1))
        count -= run
    return bytes(data)
