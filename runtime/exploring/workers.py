"""Who carries tasks out: processes of this computer, or a Dask cluster.

A process may die, or be killed: what it had begun is begun once more by another.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from ...errors import AipuError
from .sweep import Point, Task, row
from .trial import tried

TRIES = 3
"""So often a task may end with its process before it is given up."""

WAITING = 10
"""Seconds until a cluster that does not answer is none."""

Done = tuple[Task, Sequence[Point], bool]
"""A task and its rows, and whether they would be the same another time."""


def on_this_computer(tasks: Sequence[Task], jobs: int) -> Iterator[Done]:
    """The rows of tasks, as processes have them."""
    left = dict.fromkeys(range(len(tasks)), 0)
    while left:
        with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
            try:
                yield from _round(pool, tasks, left)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _round(
    pool: ProcessPoolExecutor, tasks: Sequence[Task], left: dict[int, int]
) -> Iterator[Done]:
    """Tasks of a pool until it is done or broken; `left` are those still to do, with
    how often each has been lost. One by one once they were: one of them is at fault.
    """
    lost = [number for number, times in left.items() if times]
    numbers = lost[:1] or list(left)
    futures: dict[Future[list[Point]], int] = {}
    for number in numbers:
        futures[pool.submit(tried, tasks[number])] = number
    for future in as_completed(futures):
        number = futures[future]
        try:
            rows = future.result()
        except BrokenProcessPool:
            left[number] += 1
            if left[number] == TRIES:
                del left[number]
                yield _lost(tasks[number], "its process ended without a word")
            continue
        del left[number]
        yield tasks[number], rows, True


def on_a_cluster(tasks: Sequence[Task], address: str) -> Iterator[Done]:
    """The rows of tasks, as the workers of a Dask cluster have them.

    Models, targets and files that are loaded must be there under the same paths.

    Raises:
        AipuError: `distributed` is not installed, or no cluster answers.
    """
    try:
        from distributed import Client
        from distributed import as_completed as completed
    except ImportError:
        raise AipuError(
            "a cluster needs the package 'distributed'",
            place="--cluster",
            remedy="pip install 'aipu-compiler[distributed]'",
        ) from None
    try:
        client = Client(address, timeout=WAITING)
    except (OSError, ValueError) as error:
        raise AipuError(
            f"no cluster answers at '{address}': {error}",
            place="--cluster",
            remedy="`dask scheduler` starts one, and says its address",
        ) from None
    with client:
        futures = {
            client.submit(tried, task, pure=False, retries=TRIES - 1): task
            for task in tasks
        }
        for future in completed(futures):
            error = future.exception()
            task = futures[future]
            if error is None:
                yield task, future.result(), True
            else:
                yield _lost(task, f"{type(error).__name__}: {error}")


def _lost(task: Task, why: str) -> Done:
    return task, [row(task, way, error=why) for way in task.ways], False
