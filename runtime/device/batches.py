"""Batch queues of a graph: inputs and outputs of many frames, run with one call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from .codes import Status
from .dumps import Dumps
from .graph import Graph
from .messages import DeviceError


@dataclass
class BatchFrame:
    """The inputs of a frame, and where its outputs go."""

    inputs: list[bytes]
    outputs: list[memoryview]


@dataclass
class Queue:
    """Frames that wait, and what is dumped of them."""

    frames: list[BatchFrame] = field(default_factory=list)
    dumps: Dumps | None = None


class Batches:
    """The queues of a graph, by their numbers."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self._queues: dict[int, Queue] = {}
        self._lock = Lock()

    def create(self) -> int:
        """A new queue; its number, the smallest that is free."""
        with self._lock:
            number = next(each for each in count() if each not in self._queues)
            self._queues[number] = Queue()
        return number

    def queue(self, number: int) -> Queue:
        """The queue of a number.

        Raises:
            DeviceError: there is none.
        """
        if number not in self._queues:
            raise DeviceError(Status.ERROR_NO_BATCH_QUEUE, f"queue {number}")
        return self._queues[number]

    def clean(self, number: int) -> None:
        """Forget a queue.

        Raises:
            DeviceError: there is none.
        """
        with self._lock:
            self.queue(number)
            del self._queues[number]

    def add(
        self, number: int, inputs: Sequence[bytes], outputs: Sequence[memoryview]
    ) -> None:
        """Let a frame wait in a queue.

        Raises:
            DeviceError: there is no such queue, or not as many buffers of such sizes
                as the graph has tensors.
        """
        queue = self.queue(number)
        for what, given, tensors in (
            ("inputs", inputs, self.graph.inputs),
            ("outputs", outputs, self.graph.outputs),
        ):
            if len(given) != len(tensors):
                raise DeviceError(
                    Status.ERROR_INVALID_TENSOR_CNT,
                    f"the graph has {len(tensors)} {what}, found {len(given)}",
                )
            for data, tensor in zip(given, tensors, strict=True):
                if len(data) < tensor.bytes:
                    raise DeviceError(
                        Status.ERROR_INVALID_SIZE,
                        f"{tensor.name} takes {tensor.bytes} bytes, found {len(data)}",
                    )
        cut = zip(inputs, self.graph.inputs, strict=True)
        taken = [bytes(data[: tensor.bytes]) for data, tensor in cut]
        queue.frames.append(BatchFrame(taken, list(outputs)))

    def take(self, number: int) -> list[BatchFrame]:
        """The frames of a queue, which is empty then.

        Raises:
            DeviceError: there is no such queue, or nothing is in it.
        """
        queue = self.queue(number)
        with self._lock:
            frames, queue.frames = queue.frames, []
        if not frames:
            raise DeviceError(
                Status.ERROR_NO_BATCH_QUEUE, f"queue {number} has no frames"
            )
        return frames
