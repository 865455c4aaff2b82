"""A context: graphs and jobs by their numbers, and one machine that runs the jobs.

A graph's id has 32 zeros behind its number, a job's id the job's number there; numbers
begin at 1, and the smallest that is free is taken.
"""

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from threading import Lock

from .batches import Batches
from .codes import Status, TensorType
from .configuration import Configuration
from .graph import Graph
from .job import Callback, Job
from .loading import load_binary, load_path
from .messages import DeviceError
from .structures import TensorDescriptor
from .worker import Worker

GRAPH_SHIFT = 32
JOB_MASK = (1 << GRAPH_SHIFT) - 1


class Context:
    """What one `aipu_init_context` gives; any thread may call."""

    def __init__(self) -> None:
        self.configuration = Configuration()
        self.worker = Worker()
        self._lock = Lock()
        self._graphs: dict[int, Graph] = {}
        self._jobs: dict[int, dict[int, Job]] = {}
        self._batches: dict[int, Batches] = {}

    def close(self) -> None:
        """Unload everything; jobs that wait are not run any more."""
        for id in list(self._graphs):
            self.unload(id)

    def load(self, path: Path) -> int:
        """Load a binary's file or a package's folder; the graph's id.

        Raises:
            DeviceError: as `load_path`.
        """
        return self._add(load_path(path, self.configuration))

    def load_bytes(self, data: bytes) -> int:
        """Load a binary; the graph's id.

        Raises:
            DeviceError: as `load_binary`.
        """
        return self._add(load_binary(data, self.configuration))

    def _add(self, graph: Graph) -> int:
        with self._lock:
            id = _free(self._graphs, lambda number: number << GRAPH_SHIFT)
            self._graphs[id], self._jobs[id] = graph, {}
            self._batches[id] = Batches(graph)
        self.configuration.loaded(id, graph)
        return id

    def unload(self, graph: int) -> None:
        """Forget a graph and its jobs; who waits for one of them is told.

        Raises:
            DeviceError: there is no such graph.
        """
        with self._lock:
            if graph not in self._graphs:
                raise DeviceError(Status.ERROR_INVALID_GRAPH_ID, hex(graph))
            del self._graphs[graph], self._batches[graph]
            jobs = self._jobs.pop(graph)
        for job in jobs.values():
            job.leave()

    def graph(self, id: int) -> Graph:
        """The graph of an id, its own or that of one of its jobs.

        Raises:
            DeviceError: there is no such graph.
        """
        graph = self._graphs.get(id & ~JOB_MASK)
        if graph is None:
            raise DeviceError(Status.ERROR_INVALID_GRAPH_ID, hex(id))
        return graph

    def batches(self, graph: int) -> Batches:
        """The batch queues of a graph.

        Raises:
            DeviceError: there is no such graph.
        """
        self._graph_itself(graph)
        return self._batches[graph]

    def job(self, id: int) -> Job:
        """The job of an id.

        Raises:
            DeviceError: there is no such job.
        """
        job = self._jobs.get(id & ~JOB_MASK, {}).get(id)
        if job is None:
            raise DeviceError(Status.ERROR_INVALID_JOB_ID, hex(id))
        return job

    def create_job(self, graph: int) -> int:
        """A new job of a graph; its id.

        Raises:
            DeviceError: there is no such graph.
        """
        with self._lock:
            loaded = self._graph_itself(graph)
            jobs = self._jobs[graph]
            id = _free(jobs, lambda number: graph | number)
            job = jobs[id] = Job(id, loaded)
        job.watchers.append(self.configuration)
        return id

    def clean_job(self, id: int) -> None:
        """Forget a job; who waits for it is told.

        Raises:
            DeviceError: there is no such job.
        """
        with self._lock:
            job = self.job(id)
            del self._jobs[id & ~JOB_MASK][id]
        job.leave()

    def flush(self, id: int, callback: Callback | None = None) -> None:
        """Let a job run, and do not wait.

        Raises:
            DeviceError: there is no such job, or it runs already.
        """
        job = self.job(id)
        job.schedule()
        self.worker.add(lambda: job.run(callback))

    def finish(self, id: int, milliseconds: int) -> None:
        """Let a job run, and wait until it is done.

        Args:
            milliseconds: to wait; 0 or less for ever.

        Raises:
            DeviceError: there is no such job, it runs already, ends in an exception or
                takes longer.
        """
        job = self.job(id)
        self.flush(id)
        status = job.wait(milliseconds if milliseconds > 0 else -1)
        if status != status.DONE:
            raise DeviceError(Status.ERROR_JOB_EXCEPTION, job.detail)

    def finish_batches(self, graph: int, queue: int) -> None:
        """Run all frames of a queue, a job each, and fill their outputs.

        Raises:
            DeviceError: there is no such graph or queue, nothing is in it, or a job
                ends in an exception.
        """
        batches = self.batches(graph)
        dumps = batches.queue(queue).dumps
        for frame in batches.take(queue):
            id = self.create_job(graph)
            try:
                job = self.job(id)
                if dumps is not None:
                    job.watchers.append(dumps)
                for number, data in enumerate(frame.inputs):
                    job.load(number, data)
                self.finish(id, -1)
                for number, view in enumerate(frame.outputs):
                    data = job.tensor(TensorType.OUTPUT, number)
                    view[: len(data)] = data
            finally:
                self.clean_job(id)

    def descriptor(self, id: int, type: TensorType, number: int) -> TensorDescriptor:
        """A tensor of a graph, or of the graph of a job.

        Raises:
            DeviceError: there is no such graph or tensor.
        """
        found = self.graph(id).descriptors(type)
        if not 0 <= number < len(found):
            raise DeviceError(
                Status.ERROR_INVALID_TENSOR_ID,
                f"tensor {number} of type {type.name}, the graph has {len(found)}",
            )
        return found[number]

    def _graph_itself(self, id: int) -> Graph:
        if id & JOB_MASK:
            raise DeviceError(Status.ERROR_INVALID_GRAPH_ID, f"{id:#x} is a job")
        return self.graph(id)


def _free(taken: Mapping[int, object], id_of: Callable[[int], int]) -> int:
    """The id of the smallest number that is free."""
    return next(id for id in map(id_of, count(1)) if id not in taken)
