"""What the functions of `libaipudrv.so` do: those of a context, on C's pointers.

Nothing of Python reaches the caller: every call ends in a status.
"""

import re
import traceback
from collections.abc import Callable
from pathlib import Path

from ..arguments import tensor_type
from ..codes import Config, DeviceStatus, Ioctl, JobStatus, Status, TensorType
from ..commands import do_nothing
from ..dumps import MOST, Dumps
from ..messages import DeviceError
from ..versions import VERSION
from .configurations import check_job, check_simulation_folder, dump, simulation
from .contexts import Contexts
from .header import calls
from .memory import Cell, CMemory, Pointer, fill, given, number_of

TARGET = b"Z1_0701"


class Calls:
    """The functions of the API, without `aipu_` before their names."""

    def __init__(self, memory: CMemory):
        self.memory = memory
        self.contexts = Contexts(memory)

    def init_context(self, ctx: Cell) -> None:
        given(ctx)
        ctx[0] = self.contexts.open()

    def deinit_context(self, ctx: Pointer) -> None:
        self.contexts.close(ctx)

    def get_error_message(self, ctx: Pointer, status: int, msg: Cell) -> None:
        given(ctx, msg)
        msg[0] = self.contexts.words(status)

    def config_global(self, ctx: Pointer, types: int, config: Pointer) -> None:
        context = self.contexts.find(ctx)
        if types & Config.CONFIG_TYPE_SIMULATION:
            given(config)
            context.configuration.configure(simulation(self.memory, config))
        elif types & Config.CONFIG_TYPE_HW:
            given(config)
        else:
            context.configuration.check_versions(types)

    def load_graph(
        self, ctx: Pointer, graph: Pointer, id: Cell, config: Pointer
    ) -> None:
        given(ctx, graph, id)
        path = self.memory.string(graph).decode("utf-8", "replace")
        id[0] = self.contexts.find(ctx).load(Path(path))

    def load_graph_helper(
        self, ctx: Pointer, graph_buf: Pointer, size: int, id: Cell, config: Pointer
    ) -> None:
        given(ctx, graph_buf, id)
        data = bytes(self.memory.buffer(graph_buf, size))
        id[0] = self.contexts.find(ctx).load_bytes(data)

    def unload_graph(self, ctx: Pointer, graph: int) -> None:
        self.contexts.find(ctx).unload(graph)

    def create_job(self, ctx: Pointer, graph: int, job: Cell, config: Pointer) -> None:
        given(ctx, job)
        context = self.contexts.find(ctx)
        if config:
            check_job(config)
        job[0] = context.create_job(graph)

    def finish_job(self, ctx: Pointer, job: int, time_out: int) -> None:
        self.contexts.find(ctx).finish(job, time_out)

    def flush_job(
        self, ctx: Pointer, job: int, function: Callable[[int, int], int] | None
    ) -> None:
        def callback(id: int, status: JobStatus) -> object:
            return function(id, int(status)) if function else None

        self.contexts.find(ctx).flush(job, callback)

    def get_job_status(
        self, ctx: Pointer, job: int, status: Cell, timeout: int
    ) -> None:
        given(ctx, status)
        status[0] = int(self.contexts.find(ctx).job(job).wait(timeout))

    def clean_job(self, ctx: Pointer, job: int) -> None:
        self.contexts.find(ctx).clean_job(job)

    def config_job(self, ctx: Pointer, job: int, types: int, config: Pointer) -> None:
        found = self.contexts.find(ctx).job(job)
        if types == Config.JOB_CONFIG_TYPE_DYNAMIC_PARAMS:
            raise DeviceError(Status.ERROR_SET_SHAPE_FAILED)
        given(config)
        if types == Config.CONFIG_TYPE_SIMULATION:
            check_simulation_folder(self.memory, config)
        elif types & MOST:
            found.watch(Dumps(types, dump(self.memory, config)))
        else:
            raise DeviceError(Status.ERROR_OP_NOT_SUPPORTED, f"type {types:#x}")

    def get_tensor_count(self, ctx: Pointer, id: int, type: int, cnt: Cell) -> None:
        given(ctx, cnt)
        graph = self.contexts.find(ctx).graph(id)
        cnt[0] = len(graph.descriptors(tensor_type(type)))

    def get_tensor_descriptor(
        self, ctx: Pointer, id: int, type: int, tensor: int, desc: Cell
    ) -> None:
        given(ctx, desc)
        context = self.contexts.find(ctx)
        found = context.descriptor(id, tensor_type(type), tensor)
        fill(desc, **vars(found))

    def load_tensor(self, ctx: Pointer, job: int, tensor: int, data: Pointer) -> None:
        given(ctx, data)
        context = self.contexts.find(ctx)
        found = context.job(job)
        size = context.descriptor(job, TensorType.INPUT, tensor).size
        found.load(tensor, bytes(self.memory.buffer(data, size)))

    def get_tensor(
        self, ctx: Pointer, job: int, type: int, tensor: int, data: Pointer
    ) -> None:
        given(ctx, data)
        held = self.contexts.find(ctx).job(job).tensor(tensor_type(type), tensor)
        self.memory.memmove(data, held, len(held))

    def get_partition_count(self, ctx: Pointer, cnt: Cell) -> None:
        given(ctx, cnt)
        self.contexts.find(ctx)
        cnt[0] = 1

    def get_cluster_count(self, ctx: Pointer, partition: int, cnt: Cell) -> None:
        self.get_partition_count(ctx, cnt)
        if partition:
            raise DeviceError(Status.ERROR_INVALID_PARTITION_ID, str(partition))

    def get_core_count(
        self, ctx: Pointer, partition: int, cluster: int, cnt: Cell
    ) -> None:
        self.get_cluster_count(ctx, partition, cnt)
        if cluster:
            raise DeviceError(Status.ERROR_INVALID_CLUSTER_ID, str(cluster))

    def get_target(self, ctx: Pointer, target: Pointer) -> None:
        given(ctx, target)
        self.contexts.find(ctx)
        self.memory.memmove(target, TARGET + b"\0", len(TARGET) + 1)

    def get_device_status(self, ctx: Pointer, status: Cell) -> None:
        given(ctx, status)
        busy = self.contexts.find(ctx).worker.busy
        status[0] = int(DeviceStatus.BUSY if busy else DeviceStatus.IDLE)

    def ioctl(self, ctx: Pointer, cmd: int, arg: Pointer) -> None:
        context = self.contexts.find(ctx)
        match cmd:
            case Ioctl.GET_VERSION:
                given(arg)
                told = self.memory.cast("aipu_driver_version_t *", arg)[0]
                fill(told, umd_version=VERSION.encode(), kmd_version=b"")
            case Ioctl.GET_AIPUBIN_BUILDVERSION:
                given(arg)
                asked = self.memory.cast("aipu_bin_buildversion_t *", arg)[0]
                found = context.graph(number_of(asked, "graph_id"))
                fill(asked, aipubin_buildversion=found.version)
            case Ioctl.IS_DS:
                given(arg)
                asked = self.memory.cast("aipu_is_ds_t *", arg)[0]
                context.graph(number_of(asked, "graph_id"))
                fill(asked, dynamic_shape=False)
            case _:
                do_nothing(cmd)

    def create_batch_queue(self, ctx: Pointer, graph: int, queue: Cell) -> None:
        given(ctx, queue)
        queue[0] = self.contexts.find(ctx).batches(graph).create()

    def clean_batch_queue(self, ctx: Pointer, graph: int, queue: int) -> None:
        self.contexts.find(ctx).batches(graph).clean(queue)

    def config_batch_dump(
        self, ctx: Pointer, graph: int, queue: int, types: int, config: Pointer
    ) -> None:
        given(ctx, config)
        found = self.contexts.find(ctx).batches(graph).queue(queue)
        found.dumps = Dumps(types, dump(self.memory, config))

    def add_batch(
        self, ctx: Pointer, graph: int, queue: int, inputs: Cell, outputs: Cell
    ) -> None:
        given(ctx, inputs, outputs)
        context = self.contexts.find(ctx)
        batches = context.batches(graph)
        ends = context.graph(graph).inputs, context.graph(graph).outputs
        sources, targets = (
            [
                self.memory.buffer(pointers[number], tensor.bytes)
                for number, tensor in enumerate(tensors)
            ]
            for pointers, tensors in zip((inputs, outputs), ends, strict=True)
        )
        batches.add(queue, [bytes(data) for data in sources], targets)

    def finish_batch(
        self, ctx: Pointer, graph: int, queue: int, config: Pointer
    ) -> None:
        self.contexts.find(ctx).finish_batches(graph, queue)


def export(memory: CMemory) -> None:
    """Let the functions of the library be those of `Calls`."""
    library = Calls(memory)
    for function in re.findall(r"aipu_status_t (aipu_\w+)\(", calls()):
        call = getattr(library, function.removeprefix("aipu_"), refuse)
        memory.def_extern(function)(guarded(call, library.contexts))


def refuse(*arguments: object) -> None:
    """What is not supported here."""
    raise DeviceError(Status.ERROR_OP_NOT_SUPPORTED)


def guarded(call: Callable[..., None], contexts: Contexts) -> Callable[..., int]:
    """A call that ends in a status, whatever happens."""

    def guard(*arguments: object) -> int:
        try:
            call(*arguments)
        except DeviceError as error:
            return int(contexts.failed(error))
        except Exception:
            traceback.print_exc()
            return int(Status.ERROR_UNKNOWN_ERROR)
        return int(Status.SUCCESS)

    return guard
