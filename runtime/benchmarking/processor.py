"""A network on the processor beside a machine: time and memory, both estimates.

The time is the sum of what the model of the host says of every operator, as if ncnn ran
all of the network there. The memory is that of a process with ncnn: measured for the
networks of its benchmark, and otherwise by a formula that was fitted to them. Both are
of x86; on Arm the same weights are rearranged in another way.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...backend_aipu.host import Host, Work
from ...dialects import nn
from ...passes.quantising.placement.host_work import host_work
from .published import Published

MEGABYTE = 1 << 20

INT8_SHARE = 0.87
"""Of the time of reals, what ncnn takes in int8 (median of 41 published pairs)."""


class ProcessMemory(Struct, frozen=True):
    """Bytes of a process for each byte of weights and of the largest operator's maps.

    winograd: for each byte of weights of 3x3 convolutions of stride 1.
    other: for each byte of all other weights.
    maps: for each byte of inputs and result of the operator that has most.
    fixed: bytes besides.
    """

    winograd: float
    other: float
    maps: float
    fixed: float


USUAL = ProcessMemory(winograd=3.37, other=1.26, maps=2.97, fixed=3.0 * MEGABYTE)
"""ncnn as it is: error 10 % in the mean, 26 % at most."""

LIGHT = ProcessMemory(winograd=0.66, other=0.78, maps=2.27, fixed=1.7 * MEGABYTE)
"""Winograd off, reals stored as bf16: error 12 % in the mean, 29 % at most."""


class Processor(Struct, frozen=True):
    """A network on a processor.

    one_thread_ms, two_threads_ms: of a frame; null where nothing is known of the host.
    usual_bytes, light_bytes: of the process; light is without Winograd, reals stored
        as bf16.
    usual_measured, light_measured: whether that was measured, on x86.
    """

    one_thread_ms: float | None
    two_threads_ms: float | None
    usual_bytes: int
    light_bytes: int
    usual_measured: bool
    light_measured: bool


def processor(
    operators: Sequence[nn.Operator],
    host: Host | None,
    known: Published | None,
    *,
    int8: bool,
) -> Processor:
    """What a network takes on a host.

    Args:
        operators: of the network in reals.
        host: None where nothing is known of it.
        known: of the network, where it is one of ncnn's benchmark.
        int8: whether it runs in int8.
    """
    works = [work for op in operators if (work := host_work(op)) is not None]
    share = INT8_SHARE if int8 else 1.0
    one, two = (
        None if host is None else share * host_alone_ms(works, host, threads)
        for threads in (1, 2)
    )
    usual = known and known.usual_bytes
    light = known and known.light_bytes
    return Processor(
        one,
        two,
        usual or bytes_of(works, USUAL),
        light or bytes_of(works, LIGHT),
        bool(usual),
        bool(light),
    )


def host_alone_ms(works: Sequence[Work], host: Host, threads: int) -> float:
    """A frame of so much work, by so many threads."""
    model = replace(host, threads=threads)
    return sum(map(model.milliseconds, works), 0.0)


def bytes_of(works: Sequence[Work], by: ProcessMemory) -> int:
    """The memory of a process."""
    winograd = sum(each.weight_bytes for each in works if each.kind == "winograd")
    other = sum(each.weight_bytes for each in works) - winograd
    maps = max((each.map_bytes for each in works), default=0)
    return round(by.winograd * winograd + by.other * other + by.maps * maps + by.fixed)
