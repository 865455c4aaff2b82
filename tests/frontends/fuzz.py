"""Damaged files of any format: a reader takes each, or says what is wrong.

A mutant is a sound file with a few bytes changed, a piece cut off, doubled or moved, or
a number made huge; the same seed makes the same mutants. The reader runs in this
process under a clock and a limit of memory, neither of which it can catch and take for
a fault of the file.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np

from aipu.dialects import nn
from aipu.errors import AipuError
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import FILES
from aipu.tests.limits import limits

SECONDS = 10
BYTES = 2 << 30
SHARE_BUILT = 10
"""Of so many damaged models that are taken, one is built as well."""

MOST_OPERATORS, MOST_ELEMENTS = 200, 1 << 18
"""Of a network that is built, and of a tensor in it: a large one takes its time."""

HUGE = (0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x00FFFFFF)
Mutation = Callable[[np.random.Generator, bytearray], bytearray]
Read = Callable[[Path], object]


def flip(generator: np.random.Generator, content: bytearray) -> bytearray:
    """A few bits the other way."""
    for _ in range(generator.integers(1, 9)):
        content[generator.integers(len(content))] ^= 1 << generator.integers(8)
    return content


def overwrite(generator: np.random.Generator, content: bytearray) -> bytearray:
    """A few bytes replaced by any."""
    for _ in range(generator.integers(1, 17)):
        content[generator.integers(len(content))] = generator.integers(256)
    return content


def cut(generator: np.random.Generator, content: bytearray) -> bytearray:
    """The beginning only."""
    return content[: generator.integers(len(content))]


def drop(generator: np.random.Generator, content: bytearray) -> bytearray:
    """A piece left out."""
    start = generator.integers(len(content))
    del content[start : start + generator.integers(1, 65)]
    return content


def double(generator: np.random.Generator, content: bytearray) -> bytearray:
    """A piece twice."""
    start = generator.integers(len(content))
    piece = content[start : start + generator.integers(1, 65)]
    content[start:start] = piece
    return content


def inflate(generator: np.random.Generator, content: bytearray) -> bytearray:
    """Four bytes, perhaps a length or an offset, made a huge number."""
    start = 4 * generator.integers(max(len(content) // 4, 1))
    number = HUGE[generator.integers(len(HUGE))]
    content[start : start + 4] = number.to_bytes(4, "little")
    return content


def small_number(generator: np.random.Generator, content: bytearray) -> bytearray:
    """Four bytes made a small number: another tensor, table or extent."""
    start = 4 * generator.integers(max(len(content) // 4, 1))
    content[start : start + 4] = int(generator.integers(-2, 300)).to_bytes(
        4, "little", signed=True
    )
    return content


MUTATIONS: tuple[Mutation, ...] = (
    flip,
    overwrite,
    cut,
    drop,
    double,
    inflate,
    small_number,
)


def mutants(content: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """Damaged copies of a file; each kind of damage in turn."""
    for number in range(count):
        generator = np.random.default_rng([seed, number])
        mutate = MUTATIONS[number % len(MUTATIONS)]
        yield bytes(mutate(generator, bytearray(content)))


def survives(read: Read, content: bytes, path: Path) -> bool:
    """Whether `read` takes a file of this content; an AipuError if it does not.

    Whatever else it raises, comes out of here; so does the end of time or memory, and
    an exception that nobody thought of and that was only wrapped.
    """
    path.write_bytes(content)
    try:
        with limits(SECONDS, BYTES):
            read(path)
    except AipuError as error:
        assert str(error)
        assert " failed: " not in str(error), error
        assert not any(isinstance(each, MemoryError) for each in _causes(error)), error
        return False
    return True


def count_taken(
    read: Read, build: Read, contents: Iterable[bytes], path: Path
) -> tuple[int, int]:
    """How many files `read` takes, and how many there are.

    Of those that it takes, some are built: to a package, or to one error.
    """
    taken = number = 0
    for content in contents:
        number += 1
        if survives(read, content, path):
            if taken % SHARE_BUILT == 0:
                survives(build, content, path)
            taken += 1
    return taken, number


def build_if_small(model: Path, options: Options) -> None:
    """Build a model to its binary, unless damage has made it a large one.

    Layer by layer: what reads the model is what is tried.
    """
    steps = Build(model, replace(options, strategy="layerwise"))
    operators = [op for op in steps.module.walk() if isinstance(op, nn.Operator)]
    largest = max((prod(nn.shape(op.ofm)) for op in operators), default=0)
    if len(operators) <= MOST_OPERATORS and largest <= MOST_ELEMENTS:
        for level in FILES:
            steps.reach(level)
        steps.package()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
