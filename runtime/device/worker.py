"""The machine as a queue: jobs run one after another, beside whoever waits for them.

Its thread begins with the first job and ends with the last, so nothing is left of it
where nobody says that there will be no more.
"""

from collections import deque
from collections.abc import Callable
from threading import Lock, Thread

Work = Callable[[], None]


class Worker:
    """Runs work in the order that it comes."""

    def __init__(self) -> None:
        self._waiting: deque[Work] = deque()
        self._lock = Lock()
        self._runs = False

    @property
    def busy(self) -> bool:
        """Whether anything runs or waits."""
        return self._runs

    def add(self, work: Work) -> None:
        """Let work run when all before it has. It must not raise."""
        with self._lock:
            self._waiting.append(work)
            if self._runs:
                return
            self._runs = True
        Thread(target=self._run, name="aipu", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._runs = False
                    return
                work = self._waiting.popleft()
            work()
            del work  # what it holds is free while the thread waits
