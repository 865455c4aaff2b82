"""Many frames at once: each side works on a frame of its own.

A thread for the host and one for the machine: what a frame asks of a side waits there
for its turn. Values, and the order of frames, are as if each frame ran alone.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial

import numpy as np

from ...dialects.semantics.evaluate import Call

IN_FLIGHT = 4
"""Frames at a time: one on each side, and one that waits before each."""

Frame = Sequence[np.ndarray]
Run = Callable[[Frame, Mapping[str, Call]], list[np.ndarray]]


def streamed(
    frames: Iterable[Frame],
    run: Run,
    host: Mapping[str, Call],
    machine: Mapping[str, Call],
) -> Iterator[list[np.ndarray]]:
    """The results of frames, in their order.

    Args:
        frames: the inputs of each, taken as there is room.
        run: what runs one, if it is given what carries out calls.
        host, machine: what carries out calls of the segments of each side.
    """
    with (
        ThreadPoolExecutor(1, "host") as on_host,
        ThreadPoolExecutor(1, "machine") as on_machine,
        ThreadPoolExecutor(IN_FLIGHT, "frame") as together,
    ):
        calls = {
            **{name: partial(_turn, on_host, call) for name, call in host.items()},
            **{
                name: partial(_turn, on_machine, call) for name, call in machine.items()
            },
        }
        running: deque[Future[list[np.ndarray]]] = deque()
        for frame in frames:
            running.append(together.submit(run, frame, calls))
            if len(running) == IN_FLIGHT:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _turn(side: Executor, call: Call, inputs: Frame) -> list[np.ndarray]:
    """The results of a call, when its side gets to it."""
    return side.submit(call, inputs).result()
