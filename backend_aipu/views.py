"""What bytes an operand is: a strided view, in words of the instruction's own fields.

    View("rows, columns, channels")                 dense, as a full tile lies
    View("under rows, under columns, depth",        a pixel is `ifm_pitch` bytes, and so
         "ifm_columns * ifm_pitch, ifm_pitch, 1")   on: bytes between neighbours
    View("*box", "*strides")                        all the entries of two fields
    View("rows, columns, channels",                 the one; where it is 0, the other
         "ofm_pitch or channels, 1")

A word is a number, a field, or one of: `window`, the elements of the kernel; `under
rows` and `under columns`, what lies under the windows of so many rows or columns. In a
shape an extent is what is left of the tile; between neighbours it is the whole tile's.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Generic

from .counts import Count, product

UNDER = ("under rows", "under columns")


class Sizes(ABC, Generic[Count]):
    """The numbers of an instruction: of one tile, or of all its instances at once."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether the instruction has a field."""

    @abstractmethod
    def number(self, value: int) -> Count:
        """A number that is the same for every instance."""

    @abstractmethod
    def left(self, name: str) -> Count:
        """What is left of a tile along an extent; or a field that is an integer."""

    @abstractmethod
    def whole(self, name: str) -> int:
        """What a whole tile has along an extent; or a field that is an integer."""

    @abstractmethod
    def integers(self, name: str) -> tuple[int, ...]:
        """A field that is several integers."""

    @abstractmethod
    def numbers(self, name: str) -> tuple[Count, ...]:
        """The same, of every instance."""

    @abstractmethod
    def word(self, name: str) -> str:
        """A field that is a choice."""


@dataclass(frozen=True)
class View:
    """Element [i, j, ...] is the byte at `i*pitches[0] + j*pitches[1] + ...`.

    shape: the extents.
    pitches: bytes between neighbours along each; "" where a whole tile is dense.
    share: an extent with whose last share alone all this is touched; "" for always.
    """

    shape: str
    pitches: str = ""
    share: str = ""

    def extents(self, sizes: Sizes[Count]) -> tuple[Count, ...]:
        """How many elements there are along each dimension."""
        counts: list[Count] = []
        for words in self._shape:
            if words[0].startswith("*"):
                counts += sizes.numbers(words[0][1:])
            else:
                counts.append(product([left(word, sizes) for word in words]))
        return tuple(counts)

    def elements(self, sizes: Sizes[Count]) -> Count:
        """How many elements there are."""
        return product(self.extents(sizes))

    def strides(self, sizes: Sizes[Count]) -> tuple[int, ...]:
        """The bytes between neighbours along each dimension."""
        if self.pitches:
            return _wholes(self._pitches, sizes)
        return dense(_wholes(self._shape, sizes))

    @cached_property
    def words(self) -> frozenset[str]:
        """The fields that this is about."""
        texts = (word for words in (*self._shape, *self._pitches) for word in words)
        names = re.findall(r"[a-z_]+", " ".join(texts))
        return frozenset(names) - {"under", "window", "or"}

    @cached_property
    def _shape(self) -> Sequence[Sequence[str]]:
        return _parsed(self.shape)

    @cached_property
    def _pitches(self) -> Sequence[Sequence[str]]:
        return _parsed(self.pitches)

    def __str__(self) -> str:
        pitches = f" at pitches `[{self.pitches}]`" if self.pitches else ""
        share = f" with the last share of `{self.share}`" if self.share else ""
        return f"`[{self.shape}]`{pitches}{share}"


def dense(shape: Sequence[int]) -> tuple[int, ...]:
    """The bytes between neighbours of a dense tensor of bytes."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def left(word: str, sizes: Sizes[Count]) -> Count:
    """The value of a word, what is left of an extent."""
    if word.isdigit():
        return sizes.number(int(word))
    if word == "window":
        return sizes.number(prod(sizes.integers("kernel")))
    if word in UNDER:
        return _under(UNDER.index(word), sizes.left(word.split()[1]), sizes)
    return sizes.left(word)


def _whole(word: str, sizes: Sizes[Count]) -> int:
    """The value of a word, the whole of an extent."""
    if word.isdigit():
        return int(word)
    if word == "window":
        return prod(sizes.integers("kernel"))
    first, *others = word.split(" or ")
    return sizes.whole(first) or sum(sizes.whole(other) for other in others)


def _under(axis: int, count: Count, sizes: Sizes[Count]) -> Count:
    """How many rows or columns lie under `count` windows."""
    kernel, stride = sizes.integers("kernel")[axis], sizes.integers("stride")[axis]
    dilation = sizes.integers("dilation")[axis] if sizes.has("dilation") else 1
    return (count - 1) * stride + ((kernel - 1) * dilation + 1)


def _wholes(terms: Sequence[Sequence[str]], sizes: Sizes[Count]) -> tuple[int, ...]:
    numbers: list[int] = []
    for words in terms:
        if words[0].startswith("*"):
            numbers += sizes.integers(words[0][1:])
        else:
            numbers.append(prod(_whole(word, sizes) for word in words))
    return tuple(numbers)


def _parsed(text: str) -> Sequence[Sequence[str]]:
    """The words of each term: `a * (b or c), 1` are a and `b or c`; and 1."""
    terms = (term.split(" * ") for term in text.split(", "))
    return [[word.strip("()") for word in words] for words in terms]
