"""So much time and memory may something take: a hang is a failure, not a wait."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


class TooLong(BaseException):
    """Not even `except Exception` holds it up."""


@contextmanager
def limits(seconds: int, more_bytes: int) -> Iterator[None]:
    """So many seconds; so many bytes of memory more than there are already.

    Raises:
        TooLong: the time is up.
        MemoryError: the memory is.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + more_bytes, hard))

    def too_long(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
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
