"""A job: the tensors of one run of a graph, and how far the run is."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import IntEnum
from threading import Condition
from typing import Protocol

from .codes import JobStatus, Status, TensorType
from .graph import Graph
from .messages import DeviceError

Callback = Callable[[int, JobStatus], object]
"""Called with a job's id and status when it is done."""


class Watcher(Protocol):
    """Who is shown the tensors of a job, each time that it runs."""

    def before(self, job: "Job", inputs: Sequence[bytes]) -> None: ...

    def behind(self, job: "Job", outputs: Sequence[bytes]) -> None: ...


class JobState(IntEnum):
    """Where a job is; the first three are what applications see (`JobStatus`)."""

    NO_STATUS = 0
    DONE = 1
    EXCEPTION = 2
    INIT = 3
    SCHEDULED = 4
    GONE = 5


READY = (JobState.INIT, JobState.DONE)
ENDED = (JobState.DONE, JobState.EXCEPTION)


class Job:
    """Buffers of inputs and outputs; every change of state is told to who waits."""

    def __init__(self, id: int, graph: Graph):
        self.id = id
        self.graph = graph
        self.state = JobState.INIT
        self.detail = ""
        self.watchers: list[Watcher] = []
        self._inputs = [bytes(tensor.bytes) for tensor in graph.inputs]
        self._outputs: list[bytes] = []
        self._changed = Condition()

    def watch(self, watcher: Watcher) -> None:
        """Show the tensors to a watcher, not any more to another one of its kind."""
        others = [each for each in self.watchers if type(each) is not type(watcher)]
        self.watchers = [*others, watcher]

    def load(self, number: int, data: bytes) -> None:
        """Put the bytes of an input in; what is behind them is not of it.

        Raises:
            DeviceError: there is no such input, there are too few bytes, or the job
                runs.
        """
        with self._changed:
            if not 0 <= number < len(self._inputs):
                raise DeviceError(
                    Status.ERROR_INVALID_TENSOR_ID,
                    f"input {number}, the graph has {len(self._inputs)}",
                )
            self._expect(READY, "an input is loaded")
            size = len(self._inputs[number])
            if len(data) < size:
                raise DeviceError(
                    Status.ERROR_INVALID_SIZE,
                    f"input {number} takes {size} bytes, found {len(data)}",
                )
            self._inputs[number] = data[:size]

    def tensor(self, type: TensorType, number: int) -> bytes:
        """The bytes of a tensor of a job that is done.

        Raises:
            DeviceError: there is no such tensor, or the job is not done.
        """
        with self._changed:
            self._expect((JobState.DONE,), "a tensor is read")
            held = {
                TensorType.INPUT: self._inputs,
                TensorType.OUTPUT: self._outputs,
                TensorType.PROFILER: [self.graph.profile_data],
                TensorType.OUT_TENSOR_SHAPE: self.graph.shapes,
            }.get(type, [])
            if not 0 <= number < len(held):
                raise DeviceError(
                    Status.ERROR_INVALID_TENSOR_ID,
                    f"tensor {number} of type {type.name}, the graph has {len(held)}",
                )
            return held[number]

    def schedule(self) -> None:
        """The job will run.

        Raises:
            DeviceError: it runs already, or ended in an exception.
        """
        with self._changed:
            self._expect(READY, "a job is run")
            self.state = JobState.SCHEDULED

    def run(self, callback: Callback | None) -> None:
        """Run, unless somebody has cleaned the job meanwhile; raises nothing."""
        with self._changed:
            if self.state is not JobState.SCHEDULED:
                return
            inputs = list(self._inputs)
        state, outputs, detail = JobState.DONE, list[bytes](), ""
        try:
            for watcher in self.watchers:
                watcher.before(self, inputs)
            outputs = self.graph.run(inputs)
            for watcher in self.watchers:
                watcher.behind(self, outputs)
        except Exception as error:  # whatever it is, others wait for their turn
            state, detail = JobState.EXCEPTION, str(error) or type(error).__name__
        if self._end(state, outputs, detail) and callback is not None:
            with suppress(Exception):
                callback(self.id, JobStatus(int(state)))

    def _end(self, state: JobState, outputs: list[bytes], detail: str) -> bool:
        """Tell who waits; whether the job was still there."""
        with self._changed:
            if self.state is not JobState.SCHEDULED:
                return False
            self.state, self._outputs, self.detail = state, outputs, detail
            self._changed.notify_all()
            return True

    def wait(self, milliseconds: int) -> JobStatus:
        """How the job ended; how far it is when the time is over.

        Args:
            milliseconds: 0 asks and does not wait, less waits for ever.

        Raises:
            DeviceError: the time is over, or the job was cleaned meanwhile.
        """
        seconds = None if milliseconds < 0 else milliseconds / 1000
        with self._changed:
            over = not self._changed.wait_for(self._is_at_rest, seconds)
            if self.state is JobState.GONE:
                raise DeviceError(Status.ERROR_INVALID_JOB_ID)
            if over and milliseconds:
                raise DeviceError(Status.ERROR_JOB_TIMEOUT, f"it was {milliseconds} ms")
            ended = self.state in ENDED
            return JobStatus(int(self.state)) if ended else JobStatus.NO_STATUS

    def _is_at_rest(self) -> bool:
        return self.state is not JobState.SCHEDULED

    def leave(self) -> None:
        """The job is gone, also for those who wait for it."""
        with self._changed:
            self.state = JobState.GONE
            self._inputs, self._outputs = [], []
            self._changed.notify_all()

    def _expect(self, states: tuple[JobState, ...], what: str) -> None:
        if self.state is JobState.GONE:
            raise DeviceError(Status.ERROR_INVALID_JOB_ID)
        if self.state not in states:
            raise DeviceError(
                Status.ERROR_INVALID_OP,
                f"{what} when the state is {' or '.join(s.name for s in states)}, "
                f"found {self.state.name}",
            )
