"""So much time and memory may something take: a hang is a failure, not a wait."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

TIMERS = (signal.SIGPROF, signal.SIGALRM)

BUSY = 20
"""On a machine with other work, something takes so many times as long at most."""


class TooLong(BaseException):
    """Not even `except Exception` holds it up."""


@contextmanager
def limits(seconds: int, more_bytes: int) -> Iterator[None]:
    """So many seconds; so many bytes of memory more than there are already.

    The seconds are of the processor, so that other processes do not count. What waits
    for ever takes none: it has `BUSY` times as many by the clock.

    Raises:
        TooLong: the time is up.
        MemoryError: the memory is.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + more_bytes, hard))

    def too_long(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"more than {seconds} seconds")

    before = {each: signal.signal(each, too_long) for each in TIMERS}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(BUSY * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for each, handler in before.items():
            signal.signal(each, handler)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """The memory that this process has mapped, from Linux's own table."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
