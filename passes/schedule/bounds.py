"""Lower bounds: what no schedule of these layers on this machine can beat.

Each is a pure function of what the layers need, printed beside every result; the
layer-by-layer traffic binds only schedules that fuse nothing. What a real run costs
besides is left out: launches, latencies, fill and drain, the vector unit. Compulsory
traffic and the larger of two times are the roofline of Williams et al., CACM 2009; the
SRAM-aware bound is derived in `sram_aware_cycles`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from ...backend_aipu.machine import Machine


@dataclass(frozen=True)
class LayerWork:
    """What one layer has to compute and to move, for all frames of a batch.

    ifm_bytes counts only what is read: a 1x1 convolution of stride 2 reads a quarter.
    other_bytes are further inputs: the second operand of an addition.
    """

    name: str
    macs: int
    ifm_bytes: int
    weight_bytes: int
    ofm_bytes: int
    other_bytes: int = 0


@dataclass(frozen=True)
class Bounds:
    """Lower bounds of a network, in cycles and bytes.

    cycles: the larger of compute and fused traffic.
    cycles_sram: that, or the SRAM-aware bound if it is larger.
    """

    compute_cycles: int
    dram_bytes_layerwise: int
    dram_bytes_fused: int
    cycles: int
    cycles_sram: int


def lower_bounds(
    layers: Iterable[LayerWork], machine: Machine, input_bytes: int, output_bytes: int
) -> Bounds:
    """All bounds of layers in the order in which they run."""
    layers = list(layers)
    compute = compute_cycles(layers, machine)
    fused = dram_bytes_fused(layers, input_bytes, output_bytes)
    cycles = max(compute, machine.bus_cycles(fused))
    return Bounds(
        compute_cycles=compute,
        dram_bytes_layerwise=dram_bytes_layerwise(layers),
        dram_bytes_fused=fused,
        cycles=cycles,
        cycles_sram=max(cycles, sram_aware_cycles(layers, machine)),
    )


def compute_cycles(layers: Iterable[LayerWork], machine: Machine) -> int:
    """The cycles of all MACs with every PE busy."""
    return ceil(Fraction(sum(layer.macs for layer in layers), machine.macs_per_cycle))


def dram_bytes_layerwise(layers: Iterable[LayerWork]) -> int:
    """The traffic if every layer loads its inputs and stores its output, each once."""
    return sum(
        layer.ifm_bytes + layer.other_bytes + layer.weight_bytes + layer.ofm_bytes
        for layer in layers
    )


def dram_bytes_fused(
    layers: Iterable[LayerWork], input_bytes: int, output_bytes: int
) -> int:
    """The traffic if only weights and the network's own input and output move, once."""
    weights = sum(layer.weight_bytes for layer in layers)
    return weights + input_bytes + output_bytes


def sram_aware_cycles(layers: Iterable[LayerWork], machine: Machine) -> int:
    """The cycles until the last layer is done, if weights can run ahead by one SRAM.

    Layer i has G[i] MACs and W[i] bytes of weights, A[i] = W[1] + ... + W[i]; the array
    does P MACs a cycle, a byte takes b cycles on the bus, the SRAM holds S bytes. Let
    U[i] be the time when layer i is done. Then

        U[i] >= U[i-1] + G[i] / P                           layers run in order,
        U[i] >= A[i] * b                                    the SRAM is empty at first,
        U[i] >= U[j] + (A[i] - A[j] - S) * b   for j < i    S bytes at most are ahead
                                                            when layer j is done.

    Taken as equations they are a recurrence over the layers, in which the largest
    U[j] - (A[j] + S) * b so far stands for all j. If the MACs of a layer are spread
    evenly over its weights, cutting layers finer gives no more: U - A * b rises through
    a layer bound by compute and falls through one bound by weights, so it is largest
    where a layer ends.

    Holds if layers run one after another, or fused in stripes of which each needs all
    the weights of its layers; and if no weights are left over from the run before.
    """
    cycles_per_byte = machine.cycles_per_byte
    done = Fraction(0)
    fetched_bytes = 0
    stream_start = Fraction(0)
    for layer in layers:
        fetched_bytes += layer.weight_bytes
        computed = done + Fraction(layer.macs, machine.macs_per_cycle)
        done = max(computed, stream_start + fetched_bytes * cycles_per_byte)
        ahead_bytes = fetched_bytes + machine.sram.bytes
        stream_start = max(stream_start, done - ahead_bytes * cycles_per_byte)
    return ceil(done)
