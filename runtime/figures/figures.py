"""What `report.json` holds, field by field.

All numbers are of the whole batch, but `fps` counts frames.
"""

import msgspec
from msgspec import Struct

from ..accuracy import Accuracy


class Bounds(Struct, frozen=True, forbid_unknown_fields=True):
    """What no schedule of the network on this machine can beat.

    compute_cycles: every PE busy with the MACs.
    dram_bytes_layerwise: every group, a layer or several that run as one, moves inputs
        and result once; every weight moves once, also where groups share it.
    dram_bytes_fused: only weights and the network's own input and output move.
    latency_ms: the larger of the times of compute and fused traffic.
    latency_ms_sram: the same, if layers use what their extents allow of the array,
        weights run ahead by one SRAM at most, and all is launched at once.
    """

    compute_cycles: int
    dram_bytes_layerwise: int
    dram_bytes_fused: int
    latency_ms: float
    latency_ms_sram: float


class ProgramMemory(Struct, frozen=True, forbid_unknown_fields=True):
    """What the program takes of the machine's DRAM, in bytes."""

    weights_bytes: int
    feature_maps_bytes: int
    text_bytes: int
    total_bytes: int
    available_bytes: int


class Energy(Struct, frozen=True, forbid_unknown_fields=True):
    """Microjoules, by what takes them."""

    mac: float
    sram: float
    dram: float
    vector: float
    idle: float


class Kernel(Struct, frozen=True, forbid_unknown_fields=True):
    """All convolutions of a kind while they run, launches not counted.

    Those of unlike kinds that run together, in one group, are of the kind "mixed".
    Whatever else runs together with convolutions is in `cycles`, too.
    """

    layers: int
    macs: int
    cycles: int
    utilisation: float


class Piece(Struct, frozen=True, forbid_unknown_fields=True):
    """What a piece of the program takes: an operator, or the layer that it runs in.

    op: its operators, with how many there are of each: "3 conv2d+add".
    kernel: "3x3", "3x3 depthwise" if all convolutions are of this kind, "mixed" if not;
        empty without any.
    utilisation: the share of the array's MACs that did work, the launch not counted.
    bound_by: what took the longest: launch, dram, mac or vector.
    cycles_by_cause: they add up to `cycles`.
    """

    name: str
    op: str
    kernel: str
    macs: int
    cycles: int
    utilisation: float
    dram_bytes: int
    sram_bytes: int
    energy_uj: float
    bound_by: str
    cycles_by_cause: dict[str, int]


class Layer(Piece, frozen=True, forbid_unknown_fields=True):
    """A group: operators that run as one piece of work.

    launch: the one in which it begins, counted from 1 through all segments.
    launches: how many begin with it or in it; none where it joins the group before.
    operators: in order; they add up to the layer. A cycle is of the operator whose
        instruction the array runs, else the vector unit, else a transfer; where none
        of these runs, of the one that is next to run.
    """

    launch: int
    launches: int
    operators: list[Piece]


class Segment(Struct, frozen=True, forbid_unknown_fields=True):
    """Operators that run on one side without waiting for the other.

    place: "machine", whose time is simulated, or "host", whose time is an estimate.
    operators: how many, without those that convert what crosses; the first and the last
        by their names.
    ms: of the whole batch; null where nothing is known of the host.
    """

    name: str
    place: str
    operators: int
    first: str
    last: str
    ms: float | None


class Crossing(Struct, frozen=True, forbid_unknown_fields=True):
    """A tensor that passes from one side to the other.

    tensor: what makes it, or the input that it is.
    to: "machine" or "host".
    before: the segment that waits for it; null for an output.
    bytes: as it passes, in integers.
    ms: an estimate, its quantising or dequantising included; null where nothing is
        known of the host.
    """

    tensor: str
    to: str
    before: str | None
    bytes: int
    ms: float | None


class HostOperator(Struct, frozen=True, forbid_unknown_fields=True):
    """An operator that the machine does not run, why, its share of the work, its time.

    ms: an estimate; null where nothing is known of the host.
    """

    name: str
    op: str
    segment: str
    reason: str
    share: float
    ms: float | None


class Host(Struct, frozen=True, forbid_unknown_fields=True):
    """What runs on the host, but for what converts tensors as they cross.

    share: of all arithmetic; a MAC counts as two operations, an element of any other
        result as one.
    """

    share: float
    operators: list[HostOperator]


class Figures(Struct, frozen=True, forbid_unknown_fields=True):
    """A report.

    latency_ms: machine_ms + host_ms + crossing_ms. The machine's part is simulated, the
        others are estimates.
    fps: frames a second of all of it; null where nothing takes any time.
    fps_piped: of many frames, each side at work on one of its own: one batch every
        max(machine_ms, host_ms + crossing_ms); an estimate.
    machine_fps: of the machine alone; null where it runs nothing.
    machine_only: nothing is known of the host: host_ms and crossing_ms are 0, and the
        latency is the machine's.
    weights: "model", or "random" where they were drawn.
    calibration: "data", "noise" or "model".
    warnings: what a user should know of the model and of the calibration data.
    accuracy: how far integers are from reals; null without samples to see it on.
    utilisation: the share of the array's MACs in all cycles.
    sram_peak_bytes: up to which address buffers on chip are reserved.
    sram_live_bytes: of buffers on chip, the most that are in use at one time.
    text_bytes: of instructions and descriptors.
    kernels: by their name, as "3x3".
    """

    model: str
    target: str
    strategy: str
    batch: int
    weights: str
    calibration: str
    warnings: list[str]
    accuracy: Accuracy | None
    macs: int
    cycles: int
    latency_ms: float
    machine_ms: float
    host_ms: float
    crossing_ms: float
    machine_only: bool
    fps: float | None
    fps_piped: float | None
    machine_fps: float | None
    utilisation: float
    dram_bytes: int
    bounds: Bounds
    sram_peak_bytes: int
    sram_live_bytes: int
    memory: ProgramMemory
    text_bytes: int
    energy_uj: float
    energy_uj_by_component: Energy
    kernels: dict[str, Kernel]
    layers: list[Layer]
    segments: list[Segment]
    crossings: list[Crossing]
    host: Host


def figures(report: dict[str, object]) -> Figures:
    """The report of a package, its fields typed."""
    return msgspec.convert(report, Figures)
