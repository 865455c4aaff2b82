"""The contexts of a process by their handles, and the words of their last errors."""

from itertools import count
from threading import Lock, local

from ..codes import Status
from ..context import Context
from ..messages import DeviceError, message
from .memory import Cell, CMemory, Pointer, given, number_of


class Contexts:
    """Contexts; the memory of a handle stays, so that an old one can be told."""

    def __init__(self, memory: CMemory):
        self.memory = memory
        self._contexts: dict[int, Context] = {}
        self._handles: dict[int, Cell] = {}
        self._lock = Lock()
        self._last = local()

    def open(self) -> Cell:
        """A new context: the pointer to its handle."""
        with self._lock:
            handle = next(each for each in count(1) if each not in self._contexts)
            self._contexts[handle] = Context()
            if handle not in self._handles:
                self._handles[handle] = self.memory.new("aipu_ctx_handle_t *", [handle])
            return self._handles[handle]

    def close(self, pointer: Pointer) -> None:
        """End a context.

        Raises:
            DeviceError: there is no such context.
        """
        context = self.find(pointer)
        with self._lock:
            del self._contexts[number_of(pointer, "handle")]
        context.close()

    def find(self, pointer: Pointer) -> Context:
        """The context of a pointer.

        Raises:
            DeviceError: it is NULL, or of no context.
        """
        given(pointer)
        context = self._contexts.get(number_of(pointer, "handle"))
        if context is None:
            raise DeviceError(Status.ERROR_INVALID_CTX)
        return context

    def failed(self, error: DeviceError) -> Status:
        """Remember what went wrong last in this thread; its status."""
        self._last.error = error
        return error.status

    def words(self, status: int) -> Cell:
        """A status in words, and what was wrong; valid until the next of the thread."""
        last: DeviceError | None = getattr(self._last, "error", None)
        words = str(last) if last and last.status == status else message(status)
        self._last.words = self.memory.new("char[]", words.encode())
        return self._last.words
