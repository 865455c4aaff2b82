"""The numbers of a machine: read from a target file, checked, and then frozen.

A target is a file, `targets/<name>.toml`, in which every number says whether it is
public or calibrated. Passes and simulator ask a `Machine`, and keep no number of their
own.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import gcd
from pathlib import Path
from reprlib import repr as shortened
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from ..dialects.aipu import Dataflow
from ..errors import AipuError, nearest
from .counts import Count, ceil_divide, greater
from .host import Host
from .strict_toml import convert, read

TARGETS = Path(__file__).parent / "targets"
TARGET_FILES = {path.stem: path for path in TARGETS.glob("*.toml")}
"""The file of each target by its name; extensions add theirs."""

ACCUMULATOR_BYTES = 4

Whole = Annotated[int, Meta(ge=0, le=2**40)]
Positive = Annotated[int, Meta(ge=1, le=2**40)]
Text = Annotated[str, Meta(min_length=1)]
Energy = Annotated[float, Meta(ge=0, le=1e9)]


Dataflows = Annotated[tuple[Dataflow, ...], Meta(min_length=1)]


class MacArray(Struct, frozen=True, forbid_unknown_fields=True):
    """The systolic array: one int8 multiply and int32 add in each PE and cycle.

    rows: PEs along the reduction.
    columns: PEs along the output channels.
    dataflows: what the array can do; the first is the default.
    double_buffered_weights: a PE has a second register, so that the next tile of
        weights or inputs loads, or the last sums drain, behind the running fold.
    accumulator_bytes: int32 sums of one tile; there are two such memories, so that one
        is emptied while the other fills.
    """

    rows: Positive
    columns: Positive
    dataflows: Dataflows
    double_buffered_weights: bool
    accumulator_bytes: Positive


class Sram(Struct, frozen=True, forbid_unknown_fields=True):
    """The memory on chip: its bytes, and the bytes that buffers are aligned to."""

    bytes: Positive
    alignment: Positive


class Dram(Struct, frozen=True, forbid_unknown_fields=True):
    """The memory off chip, and the bus to it that loads and stores share.

    bytes: what the NPU may use.
    bandwidth: bytes a second, effective.
    latency: nanoseconds from the start of a transfer to its first byte.
    burst: bytes of the smallest piece that a strided transfer moves; and what any
        transfer reads or writes on chip in a cycle.
    """

    bytes: Positive
    bandwidth: Positive
    latency: Whole
    burst: Positive


class VectorUnit(Struct, frozen=True, forbid_unknown_fields=True):
    """The vector unit.

    lanes: elements a cycle.
    row_passes: how often work on whole rows (softmax) goes over each element.
    """

    lanes: Positive
    row_passes: Positive = 3


class Control(Struct, frozen=True, forbid_unknown_fields=True):
    """What it costs to start work.

    launch: microseconds to launch one piece of work.
    issue: cycles to issue one instruction.
    queue: instructions that the queue of each engine holds.
    program: bytes of instructions and descriptors that one launch may have.
    """

    launch: Whole
    issue: Whole
    queue: Positive
    program: Positive = 16_384


class EnergyTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Picojoules of one MAC, SRAM byte, DRAM byte and vector element; idle power."""

    mac: Energy
    sram_byte: Energy
    dram_byte: Energy
    vector_element: Energy
    idle_milliwatts: Energy


class Machine(Struct, frozen=True, forbid_unknown_fields=True):
    """One machine. The methods convert units, exactly, and round cycles up.

    host: what runs beside it; None where nothing is known of it.
    """

    name: Text
    description: Text
    clock_hz: Positive
    array: MacArray
    sram: Sram
    dram: Dram
    vector: VectorUnit
    control: Control
    energy: EnergyTable
    host: Host | None = None

    def runs_programs_of(self, other: "Machine") -> bool:
        """Whether one is the other, but perhaps faster or slower."""
        return self._hardware == other._hardware

    @property
    def _hardware(self) -> "Machine":
        """What a program hangs on: all but names, speeds, energy and the host."""
        control = replace(self.control, launch=0, issue=0)
        dram = replace(self.dram, bytes=1, bandwidth=1, latency=0)
        energy = EnergyTable(0, 0, 0, 0, 0)
        return replace(
            self,
            name="any",
            description="any",
            clock_hz=1,
            dram=dram,
            control=control,
            energy=energy,
            host=None,
        )

    @property
    def macs_per_cycle(self) -> int:
        """What the whole array does in a cycle."""
        return self.array.rows * self.array.columns

    @property
    def cycles_per_byte(self) -> Fraction:
        """The cycles that the DRAM bus takes for one byte."""
        return Fraction(self.clock_hz, self.dram.bandwidth)

    @property
    def launch_cycles(self) -> int:
        """The cycles to launch one piece of work."""
        return self.cycles_of_ns(self.control.launch * 1000)

    def seconds(self, cycles: int) -> float:
        """The time that `cycles` take."""
        return cycles / self.clock_hz

    def cycles_of_ns(self, nanoseconds: int) -> int:
        """The cycles that have begun after `nanoseconds`."""
        return ceil_divide(nanoseconds * self.clock_hz, 10**9)

    def bus_cycles(self, payload_bytes: Count) -> Count:
        """The cycles that the DRAM bus is busy with `payload_bytes`.

        Of arrays exact while these, and clock times bandwidth, fit in int64.
        """
        common = gcd(self.clock_hz, self.dram.bandwidth)
        clock, bandwidth = self.clock_hz // common, self.dram.bandwidth // common
        whole = payload_bytes // bandwidth
        rest = payload_bytes - whole * bandwidth
        return whole * clock + ceil_divide(rest * clock, bandwidth)

    def transfer_cycles(self, payload_bytes: Count, on_chip_bytes: Count) -> Count:
        """The cycles of one transfer: its start-up latency, then its bytes.

        On chip it writes or reads a burst a cycle: what it fills, or repeats, takes
        time though it does not cross the bus. What moves nothing has no latency.
        """
        latency = self.cycles_of_ns(self.dram.latency) * (payload_bytes > 0)
        on_chip = ceil_divide(on_chip_bytes, self.dram.burst)
        return latency + greater(self.bus_cycles(payload_bytes), on_chip)

    def strided_bytes(self, pieces: Count | int, piece_bytes: Count) -> Count:
        """The bytes that a strided transfer moves: whole bursts for every piece."""
        burst = self.dram.burst
        return pieces * (ceil_divide(piece_bytes, burst) * burst)


def machine_names() -> list[str]:
    """The targets that come with the compiler, and those of extensions."""
    return sorted(TARGET_FILES)


def load_machine(name_or_path: str) -> Machine:
    """The machine of a target's name, or of a target file (`*.toml`).

    A file with `base = "r329"` states only what differs from that target; its name and
    description are always its own.

    Raises:
        AipuError: no such target, or a file that is not one: not TOML, a key unknown or
            missing, a number that cannot be.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = _target_path(name_or_path)
    place = str(path)
    machine = convert(_table(path), Machine, place)
    for key, found, expected in _impossible(machine):
        raise AipuError(f"{key} = {shortened(found)}: expected {expected}", place=place)
    return machine


def _target_path(name: object, place: str = "") -> Path:
    if not isinstance(name, str) or name not in TARGET_FILES:
        raise AipuError(
            f"no target {shortened(name)}",
            place=place,
            remedy=nearest(str(name), machine_names()),
        )
    return TARGET_FILES[name]


def _table(path: Path) -> dict[str, object]:
    """What a target file states, by itself or through its base."""
    table = read(path)
    base = table.pop("base", None)
    if base is None:
        return table
    return _merge(_table(_target_path(base, str(path))), table)


def _merge(base: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    """`base` without its name and description, changed section by section."""
    kept = {key: base[key] for key in base.keys() - {"name", "description"}}
    return _merge_sections(kept, changes)


def _merge_sections(
    base: dict[str, object], changes: dict[str, object]
) -> dict[str, object]:
    merged = dict(base)
    for key, change in changes.items():
        section = merged.get(key)
        if isinstance(section, dict) and isinstance(change, dict):
            merged[key] = _merge_sections(section, change)
        else:
            merged[key] = change
    return merged


def _impossible(machine: Machine) -> Iterator[tuple[str, object, str]]:
    """Numbers that contradict each other: the key, what it is, what it should be."""
    array, sram, dram = machine.array, machine.sram, machine.dram
    if len(set(array.dataflows)) < len(array.dataflows):
        yield "array.dataflows", [*map(str, array.dataflows)], "each dataflow once"
    if array.accumulator_bytes < array.columns * ACCUMULATOR_BYTES:
        least = array.columns * ACCUMULATOR_BYTES
        yield (
            "array.accumulator_bytes",
            array.accumulator_bytes,
            f"at least {least}, an int32 for each column",
        )
    if sram.bytes < array.columns:
        yield (
            "sram.bytes",
            sram.bytes,
            f"at least {array.columns}, one array row of weights",
        )
    for key, size in (("sram.alignment", sram.alignment), ("dram.burst", dram.burst)):
        if size & (size - 1):
            yield key, size, "a power of two"
    host = machine.host
    if host is not None and host.threads > host.cores:
        yield "host.threads", host.threads, f"at most {host.cores}, one a core"
