"""The driver's API for Python: class `NPU`, as the open driver's `libaipudrv` has it.

Every call returns its status, or a tuple that begins with it. What goes wrong is said
on the standard error, too.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import local
from typing import TypeVar

import numpy as np

from .arguments import (
    Data,
    bytes_of,
    check_graph_configuration,
    expected,
    number,
    tensor_type,
    writable,
)
from .codes import Config, Ioctl, JobStatus, Status
from .commands import do_nothing
from .context import Context
from .dumps import MOST, Dumps
from .job import Callback
from .messages import DeviceError, message
from .structures import (
    CreateJob,
    GlobalHardware,
    GlobalSimulation,
    JobDump,
    JobSimulation,
    SharedTensor,
    TensorDescriptor,
)
from .versions import VERSION

T = TypeVar("T")


class NPU:
    """One context of the driver, on the simulator."""

    def __init__(self) -> None:
        self._context: Context | None = None
        self._last = local()
        self._kind: type[bytes] | type[bytearray] | type[np.ndarray] = bytes

    def aipu_init_context(self) -> Status:
        """Begin: nothing else works before."""
        self._context = self._context or Context()
        return Status.SUCCESS

    def aipu_deinit_context(self) -> Status:
        """End: graphs and jobs are gone."""

        def close(context: Context) -> None:
            context.close()
            self._context = None

        return self._status("aipu_deinit_context", close)

    def aipu_get_error_message(self, status: int) -> str:
        """A status in words; of the last call of this thread, also what was wrong."""
        last: DeviceError | None = getattr(self._last, "error", None)
        return str(last) if last and last.status == status else message(status)

    def aipu_config_global(self, types: int, cfg: object = None) -> Status:
        """Configure the simulator, for graphs that are loaded from now on."""

        def configure(context: Context) -> None:
            if types & Config.CONFIG_TYPE_SIMULATION:
                context.configuration.configure(expected(cfg, GlobalSimulation))
            elif types & Config.CONFIG_TYPE_HW:
                expected(cfg, GlobalHardware)
            else:
                context.configuration.check_versions(types)

        return self._status("aipu_config_global", configure)

    def aipu_load_graph_from_file(
        self, graph_bin: str | Path, cfg: object = None
    ) -> tuple[Status, int]:
        """Load the file of a binary, or the folder of a package; its id."""

        def load(context: Context) -> int:
            check_graph_configuration(cfg)
            return context.load(Path(graph_bin))

        return self._both("aipu_load_graph", load, 0)

    def aipu_load_graph(
        self, graph_buffer: Data, graph_size: int, cfg: object = None
    ) -> tuple[Status, int]:
        """Load the bytes of a binary; its id."""

        def load(context: Context) -> int:
            check_graph_configuration(cfg)
            data = bytes_of(graph_buffer, Status.ERROR_UNKNOWN_BIN)
            if not 0 <= graph_size <= len(data):
                raise DeviceError(
                    Status.ERROR_INVALID_SIZE,
                    f"the buffer has {len(data)} bytes, not {graph_size}",
                )
            return context.load_bytes(data[:graph_size])

        return self._both("aipu_load_graph", load, 0)

    def aipu_load_share_weight_graph(
        self, graph_bin: str | Path, cfg: object = None
    ) -> tuple[int, ...]:
        """Not here: a binary holds its own weights."""
        return self._refused("aipu_load_share_weight_graph"), 0

    def aipu_unload_graph(self, graph_id: int) -> Status:
        """Forget a graph and all of its jobs."""
        return self._status("aipu_unload_graph", lambda c: c.unload(graph_id))

    def aipu_create_job(
        self, graph_id: int, cfg: CreateJob | None = None
    ) -> tuple[Status, int]:
        """A new job of a graph; its id."""

        def create(context: Context) -> int:
            if cfg is not None and expected(cfg, CreateJob).dynshape.shape_items:
                raise DeviceError(Status.ERROR_SET_SHAPE_FAILED)
            return context.create_job(graph_id)

        return self._both("aipu_create_job", create, 0)

    def aipu_config_job(self, job_id: int, types: int, cfg: object) -> Status:
        """What a job dumps, or where the simulator may leave files."""

        def configure(context: Context) -> None:
            job = context.job(job_id)
            if types == Config.CONFIG_TYPE_SIMULATION:
                folder = expected(cfg, JobSimulation).data_dir
                if not Path(folder).is_dir():
                    detail = f"there is no folder '{folder}'"
                    raise DeviceError(Status.ERROR_INVALID_CONFIG, detail)
            elif types == Config.JOB_CONFIG_TYPE_DYNAMIC_PARAMS:
                raise DeviceError(Status.ERROR_SET_SHAPE_FAILED)
            elif types & MOST:
                job.watch(Dumps(types, expected(cfg, JobDump)))
            else:
                raise DeviceError(Status.ERROR_OP_NOT_SUPPORTED, f"type {types:#x}")

        return self._status("aipu_config_job", configure)

    def aipu_finish_job(self, job_id: int, time_out: int = -1) -> Status:
        """Run a job and wait, for ever or so many milliseconds."""
        return self._status("aipu_finish_job", lambda c: c.finish(job_id, time_out))

    def aipu_flush_job(self, job_id: int, py_cb: Callback | None = None) -> Status:
        """Let a job run; `py_cb(job, status)` is called when it is done."""
        return self._status("aipu_flush_job", lambda c: c.flush(job_id, py_cb))

    def aipu_get_job_status(
        self, job_id: int, timeout: int = -1
    ) -> tuple[Status, JobStatus]:
        """How far a job is: now, in so many milliseconds or (-1) when it is done."""
        return self._both(
            "aipu_get_job_status",
            lambda c: c.job(job_id).wait(timeout),
            JobStatus.NO_STATUS,
        )

    def aipu_clean_job(self, job_id: int) -> Status:
        """Forget a job."""
        return self._status("aipu_clean_job", lambda c: c.clean_job(job_id))

    def aipu_get_tensor_count(self, graph_id: int, type: int) -> tuple[Status, int]:
        """How many tensors of a type a graph (or that of a job) has."""

        def counted(context: Context) -> int:
            return len(context.graph(graph_id).descriptors(tensor_type(type)))

        return self._both("aipu_get_tensor_count", counted, 0)

    def aipu_get_tensor_descriptor(
        self, graph_id: int, type: int, tensor: int
    ) -> TensorDescriptor:
        """A tensor's bytes, scale, zero point and elements; zeros for an error."""
        _, found = self._both(
            "aipu_get_tensor_descriptor",
            lambda c: c.descriptor(graph_id, tensor_type(type), tensor),
            TensorDescriptor(),
        )
        return found

    def aipu_load_tensor(self, job_id: int, tensor: int, hdl: Data) -> Status:
        """Put data into an input; outputs come in the same kind of object."""

        def load(context: Context) -> None:
            data = bytes_of(hdl, Status.ERROR_READ_FILE_FAIL)
            for kind in (bytearray, np.ndarray, bytes):
                if isinstance(hdl, kind):
                    self._kind = kind
            context.job(job_id).load(tensor, data)

        return self._status("aipu_load_tensor", load)

    def aipu_load_tensor_from_file(
        self, job_id: int, tensor: int, filename: str | Path
    ) -> Status:
        """Put the bytes of a file into an input."""

        def load(context: Context) -> None:
            try:
                data = Path(filename).read_bytes()
            except OSError as error:
                detail = f"'{filename}': {error.strerror}"
                raise DeviceError(Status.ERROR_OPEN_FILE_FAIL, detail) from None
            context.job(job_id).load(tensor, data)

        return self._status("aipu_load_tensor", load)

    def aipu_get_tensor(
        self, job_id: int, type: int, tensor: int
    ) -> tuple[Status, bytes | bytearray | np.ndarray | None]:
        """The bytes of a tensor of a job that is done."""

        def held(context: Context) -> bytes | bytearray | np.ndarray:
            data = context.job(job_id).tensor(tensor_type(type), tensor)
            if self._kind is np.ndarray:
                return np.frombuffer(data, np.uint8).copy()
            return bytearray(data) if self._kind is bytearray else data

        return self._both("aipu_get_tensor", held, None)

    def aipu_ioctl(self, cmd: int, **arguments: object) -> tuple[object, ...]:
        """Commands of the device; most make sense on a board alone."""

        def done(context: Context) -> tuple[object, ...]:
            match cmd:
                case Ioctl.GET_VERSION:
                    return VERSION, ""
                case Ioctl.GET_AIPUBIN_BUILDVERSION:
                    return (context.graph(number(arguments, "graph_id")).version,)
                case Ioctl.IS_DS:
                    context.graph(number(arguments, "graph_id"))
                    return (False,)
                case _:
                    do_nothing(cmd)
                    return ()

        status, values = self._both("aipu_ioctl", done, (0, 0))
        return status, *values

    def aipu_specify_iobuf(self, job_id: int, cfg: SharedTensor) -> Status:
        """Not here: no buffers are shared with other devices."""
        return self._refused("aipu_specify_iobuf")

    def aipu_create_batch_queue(self, graph_id: int) -> tuple[Status, int]:
        """A queue for frames of a graph; its number."""
        return self._both(
            "aipu_create_batch_queue", lambda c: c.batches(graph_id).create(), 0
        )

    def aipu_clean_batch_queue(self, graph_id: int, queue_id: int) -> Status:
        """Forget a queue."""
        return self._status(
            "aipu_clean_batch_queue", lambda c: c.batches(graph_id).clean(queue_id)
        )

    def aipu_config_batch_dump(
        self, graph_id: int, queue_id: int, types: int, dump_cfg: JobDump
    ) -> Status:
        """What the jobs of a queue dump."""

        def configure(context: Context) -> None:
            queue = context.batches(graph_id).queue(queue_id)
            queue.dumps = Dumps(types, expected(dump_cfg, JobDump))

        return self._status("aipu_config_batch_dump", configure)

    def aipu_add_batch(
        self,
        graph_id: int,
        queue_id: int,
        inputs: Sequence[Data],
        outputs: Sequence[bytearray | np.ndarray],
    ) -> Status:
        """Let a frame wait in a queue; `outputs` are filled when it is finished."""

        def add(context: Context) -> None:
            given = [bytes_of(data, Status.ERROR_NULL_PTR) for data in inputs]
            filled = [writable(data) for data in outputs]
            context.batches(graph_id).add(queue_id, given, filled)

        return self._status("aipu_add_batch", add)

    def aipu_finish_batch(
        self, graph_id: int, queue_id: int, cfg: CreateJob | None = None
    ) -> Status:
        """Run all frames of a queue, and wait."""
        return self._status(
            "aipu_finish_batch", lambda c: c.finish_batches(graph_id, queue_id)
        )

    def cycles(self, job_id: int) -> int:
        """The machine's cycles of a job: not in the driver's API. 0 for an error."""
        _, found = self._both("cycles", lambda c: c.job(job_id).graph.profile.cycles, 0)
        return found

    def _both(
        self, name: str, call: Callable[[Context], T], otherwise: T
    ) -> tuple[Status, T]:
        """The status of a call, and what it gives."""
        try:
            if self._context is None:
                raise DeviceError(Status.ERROR_INVALID_CTX)
            return Status.SUCCESS, call(self._context)
        except DeviceError as error:
            self._last.error = error
            print(f"[PY UMD ERROR] {name}: {error}", file=sys.stderr)
            return error.status, otherwise

    def _status(self, name: str, call: Callable[[Context], None]) -> Status:
        status, _ = self._both(name, call, None)
        return status

    def _refused(self, name: str) -> Status:
        def refuse(context: Context) -> None:
            raise DeviceError(Status.ERROR_OP_NOT_SUPPORTED)

        return self._status(name, refuse)
