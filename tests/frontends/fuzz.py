"""Damaged models of any format: an importer takes each, or says what is wrong.

A mutant is a sound file with a few bytes changed, a piece cut off, doubled or moved, or
a number made huge; the same seed makes the same mutants. The importer runs in this
process under a clock and a limit of memory.
"""

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import numpy as np

from aipu.errors import AipuError

SECONDS = 10
BYTES = 2 << 30
HUGE = (0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x00FFFFFF)
Mutation = Callable[[np.random.Generator, bytearray], bytearray]


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


def survives(read: Callable[[Path], object], content: bytes, path: Path) -> bool:
    """Whether `read` takes a file of this content; an AipuError if it does not.

    Whatever else it raises, comes out of here; so do the ends of time and memory.
    """
    path.write_bytes(content)
    try:
        with _limits():
            read(path)
    except AipuError as error:
        assert str(error)
        return False
    return True


@contextmanager
def _limits() -> Iterator[None]:
    """SECONDS of time; BYTES of memory more than there are already."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + BYTES, hard))
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """The memory that this process has mapped, from Linux's own table."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {SECONDS} seconds")
