"""Lower bounds: what no schedule of these layers on this machine can beat.

Each is a pure function of what the layers need, printed beside every result; the
layer-by-layer traffic binds only schedules that fuse nothing. What a real run costs
besides is left out: latencies, fill and drain, the vector unit. Compulsory traffic and
the larger of two times are the roofline of Williams et al., CACM 2009; what a layer can
use of the array is derived in `array_use`, the SRAM-aware bound in `sram_aware_cycles`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from ....backend_aipu.machine import MacArray, Machine
from ....dialects.aipu import Dataflow
from ...machine_forms.stage import Kind, Stage


@dataclass(frozen=True)
class LayerWork:
    """What one layer has to compute and to move, for all frames of a batch.

    ifm_bytes, ofm_bytes: what is read and written of feature maps, each byte once.
    constants: bytes of weights and parameters by a name; equal names are the same.
    array_use: the share of the PEs that can work on the MACs.
    """

    name: str
    macs: int
    ifm_bytes: int
    constants: Mapping[str, int]
    ofm_bytes: int
    array_use: Fraction = Fraction(1)


@dataclass(frozen=True)
class Bounds:
    """Lower bounds of a network, in cycles and bytes.

    cycles: the larger of compute and fused traffic.
    cycles_sram: that, or the SRAM-aware bound if it is larger; and the launches.
    """

    compute_cycles: int
    dram_bytes_layerwise: int
    dram_bytes_fused: int
    cycles: int
    cycles_sram: int


@dataclass(frozen=True)
class GroupWork:
    """A group as it is scheduled.

    stages: of its operators, in their order.
    needed: the same as far as others of the group read what they make.
    input_bytes: the least that it reads of each of its feature maps in DRAM.
    output_bytes: what it writes there.
    """

    name: str
    stages: tuple[Stage, ...]
    needed: tuple[Stage, ...]
    input_bytes: tuple[int, ...]
    output_bytes: int

    @property
    def macs(self) -> int:
        """What the network asks for."""
        return sum(stage.macs for stage in self.stages)


@dataclass(frozen=True)
class FunctionWork:
    """The groups of a function; the least that they read of what enters it, and what
    they make of what leaves it.
    """

    groups: Sequence[GroupWork]
    input_bytes: int
    output_bytes: int


def layer_work(
    group: GroupWork, constants: Mapping[str, int], array: MacArray
) -> LayerWork:
    """What a group needs at least on an array; `constants` are those that it reads."""
    stages = [stage for stage in group.needed if stage.macs]
    macs = sum(stage.macs for stage in stages)
    least = sum(stage.macs / array_use(stage, array) for stage in stages)
    return LayerWork(
        group.name,
        macs,
        sum(group.input_bytes),
        constants,
        group.output_bytes,
        macs / Fraction(least) if macs else Fraction(1),
    )


def lower_bounds(
    layers: Iterable[LayerWork],
    machine: Machine,
    input_bytes: int,
    output_bytes: int,
    launches: int = 0,
) -> Bounds:
    """All bounds of layers in the order in which they run.

    Args:
        layers: of the whole network.
        machine: what they run on.
        input_bytes: what is read of the network's own inputs.
        output_bytes: of the network's own outputs.
        launches: the least there are.
    """
    layers = list(layers)
    compute = compute_cycles(layers, machine)
    fused = dram_bytes_fused(layers, input_bytes, output_bytes)
    cycles = max(compute, machine.bus_cycles(fused))
    aware = max(cycles, sram_aware_cycles(layers, machine))
    return Bounds(
        compute_cycles=compute,
        dram_bytes_layerwise=dram_bytes_layerwise(layers),
        dram_bytes_fused=fused,
        cycles=cycles,
        cycles_sram=aware + launches * machine.launch_cycles,
    )


def compute_cycles(layers: Iterable[LayerWork], machine: Machine) -> int:
    """The cycles of all MACs with every PE busy."""
    return ceil(Fraction(sum(layer.macs for layer in layers), machine.macs_per_cycle))


def dram_bytes_layerwise(layers: Iterable[LayerWork]) -> int:
    """The traffic if every layer loads its inputs and stores its output, each once.

    What several layers take the same constants for, may stay on chip.
    """
    layers = list(layers)
    maps = sum(layer.ifm_bytes + layer.ofm_bytes for layer in layers)
    return maps + sum(new_bytes(layers))


def dram_bytes_fused(
    layers: Iterable[LayerWork], input_bytes: int, output_bytes: int
) -> int:
    """The traffic if only weights and the network's own input and output move, once."""
    return sum(new_bytes(layers)) + input_bytes + output_bytes


def new_bytes(layers: Iterable[LayerWork]) -> Iterator[int]:
    """The bytes of each layer's constants that no layer before it has."""
    known: set[str] = set()
    for layer in layers:
        yield sum(size for name, size in layer.constants.items() if name not in known)
        known.update(layer.constants)


def array_use(stage: Stage, array: MacArray) -> Fraction:
    """The largest share of the PEs that works at a stage, in any mix of dataflows.

    A fold lays two of the product's extents over R rows and C columns and walks the
    third, T steps; folds start no less than R cycles apart (`systolic`). So a fold of
    extents a, b and T does a b T MACs in max(T, R) cycles: no more than

        min(a, R) / R * min(b, C) / C * min(T, R) / R

    of what the array could. No tile of a layer has a larger extent than the layer, so
    no part of it does better, in whatever dataflow. A depthwise convolution uses the
    first row only: a column is a channel.
    """
    if stage.kind is Kind.DEPTHWISE:
        return _filled(stage.ofm[3], array.columns) / array.rows
    images, rows, columns, channels = stage.ofm
    channels //= stage.groups
    reduction = stage.window.size * stage.ifm[3] // stage.groups
    pixels = rows * columns * (1 if stage.computed_weight else images)
    return max(
        _filled(over_rows, array.rows)
        * _filled(over_columns, array.columns)
        * _filled(steps, array.rows)
        for over_rows, over_columns, steps in _folds(
            array.dataflows, pixels, reduction, channels
        )
    )


def _folds(
    dataflows: Sequence[Dataflow], pixels: int, reduction: int, channels: int
) -> Iterator[tuple[int, int, int]]:
    for dataflow in dataflows:
        match dataflow:
            case Dataflow.WS:
                yield reduction, channels, pixels
            case Dataflow.IS:
                yield reduction, pixels, channels
            case Dataflow.OS:
                yield pixels, channels, reduction


def _filled(extent: int, places: int) -> Fraction:
    """The share of some places that an extent fills."""
    return Fraction(min(extent, places), places)


def sram_aware_cycles(layers: Iterable[LayerWork], machine: Machine) -> int:
    """The cycles until the last layer is done, if weights can run ahead by one SRAM.

    Layer i has G[i] MACs, of which at most P[i] are done in a cycle, and W[i] bytes of
    weights that no layer before it has, A[i] = W[1] + ... + W[i]; a byte takes b cycles
    on the bus, the SRAM holds S bytes. Let U[i] be the time when layer i is done. Then

        U[i] >= U[i-1] + G[i] / P[i]                        layers run in order,
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
    layers = list(layers)
    cycles_per_byte = machine.cycles_per_byte
    done = Fraction(0)
    fetched_bytes = 0
    stream_start = Fraction(0)
    for layer, new in zip(layers, new_bytes(layers), strict=True):
        fetched_bytes += new
        computed = done + layer.macs / (machine.macs_per_cycle * layer.array_use)
        done = max(computed, stream_start + fetched_bytes * cycles_per_byte)
        ahead_bytes = fetched_bytes + machine.sram.bytes
        stream_start = max(stream_start, done - ahead_bytes * cycles_per_byte)
    return ceil(done)
