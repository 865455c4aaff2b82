"""The processor beside a machine, and how long work takes it: an estimate.

Operators that the machine does not run are the host's, and so is the work of handing
tensors over. Nothing of it is simulated. The numbers of the R329's host are fitted to
times that ncnn's README publishes for seven boards with the same cores; the mean error
over their 163 networks is 10 % (docs/machine.md).
"""

from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=1, le=2**40)]
Cost = Annotated[int, Meta(ge=0, le=2**40)]
Rate = Annotated[float, Meta(gt=0, le=1e6)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Rates(Struct, frozen=True, forbid_unknown_fields=True):
    """What one core does in a cycle: MACs, but elements of `exponential`, bytes of
    `copy`.

    pointwise: 1x1 convolutions, fully connected layers, matrix products.
    winograd: 3x3 convolutions of stride 1 with 16 channels or more.
    direct_3x3: the other 3x3 convolutions.
    direct: convolutions of other kernels.
    depthwise, grouped: convolutions in groups, of one channel and of several.
    exponential: exponentials, logarithms, powers, and what is made of them.
    copy: feature maps on their way into the core and out of it.
    """

    pointwise: Rate
    winograd: Rate
    direct_3x3: Rate
    direct: Rate
    depthwise: Rate
    grouped: Rate
    exponential: Rate
    copy: Rate


class Work(NamedTuple):
    """What an operator asks of a host.

    kind: of its arithmetic, a field of `Rates`; empty where moving bytes is all.
    amount: MACs, or elements, of that kind.
    map_bytes: of feature maps, read and written.
    weight_bytes: of constants.
    """

    kind: str
    amount: int
    map_bytes: int
    weight_bytes: int


class Host(Struct, frozen=True, forbid_unknown_fields=True):
    """A host.

    name: of its cores.
    cores: that it has.
    threads: that share the work of an operator.
    scaling: what each thread beyond the first adds, in cores.
    clock_hz: of a core.
    bandwidth: bytes a second between memory and all cores.
    overhead: cycles to begin an operator.
    crossing: microseconds to hand a tensor over to the machine, or to take it back.
    """

    name: Annotated[str, Meta(min_length=1)]
    cores: Count
    threads: Count
    scaling: Share
    clock_hz: Count
    bandwidth: Count
    overhead: Cost
    crossing: Cost
    rates: Rates

    def milliseconds(self, work: Work) -> float:
        """The time of an operator: its overhead, and the longer of core and memory.

        (amount / rate + map_bytes / copy) / speedup cycles, or all bytes by bandwidth.
        """
        cycles = work.map_bytes / self.rates.copy
        if work.kind:
            cycles += work.amount / getattr(self.rates, work.kind)
        core = cycles / self.speedup / self.clock_hz
        memory = (work.map_bytes + work.weight_bytes) / self.bandwidth
        return (max(core, memory) + self.overhead / self.clock_hz) * 1e3

    @property
    def speedup(self) -> float:
        """How many cores the threads are worth."""
        return 1 + self.scaling * (self.threads - 1)

    @property
    def crossing_ms(self) -> float:
        """The time to hand a tensor over; converting its elements comes on top."""
        return self.crossing / 1e3
