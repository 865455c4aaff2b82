"""The report of a package as plain data.

Cycles, MACs, bytes and energy come from the profile of the package's own binary; the
bounds from what the groups need at least; the time of the host from a model of it.
"""

from collections.abc import Mapping, Sequence

import msgspec
from xdsl.dialects.builtin import ModuleOp

from ...backend_aipu.binary.tables import encode
from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Program
from ...dialects.aipu import Space
from ...passes.authoring.segments import machine_functions
from ...passes.scheduling.bounds.bounds import FunctionWork, layer_work, lower_bounds
from ...passes.scheduling.bounds.group_work import function_work
from ..manifest import Manifest
from ..simulator.lives import lives, most_alive
from ..simulator.profile import NetworkProfile
from .constants import constants
from .energy import energy
from .figures import Bounds, Figures, ProgramMemory
from .frame import frame
from .layers import groups_that_ran, kernels_of, layers_of

Report = dict[str, object]
"""`Figures`, with names for its fields."""


def summary(
    manifest: Manifest,
    scheduled: ModuleOp,
    program: Program,
    profile: NetworkProfile,
) -> Report:
    """The report: `Figures` by the names of their fields.

    Args:
        manifest: what was built.
        scheduled: the network at the `tile` level.
        program: its binary, decoded.
        profile: of a run of the program.
    """
    machine = manifest.machine
    functions = machine_functions(scheduled)
    works = [*map(function_work, functions)]
    groups = groups_that_ran(functions, works, profile)
    layers = profile.layers
    macs = sum(each.macs for each in groups)
    milliseconds = {
        entry.name: machine.seconds(each.cycles) * 1e3
        for entry, each in zip(program.entries, profile.entries, strict=True)
    }
    whole = frame(scheduled, milliseconds, macs, machine.host)
    report = Figures(
        model=manifest.name,
        target=manifest.target,
        strategy=manifest.strategy,
        batch=manifest.batch,
        weights=manifest.weights,
        calibration=manifest.calibration,
        warnings=manifest.warnings,
        accuracy=manifest.accuracy,
        macs=macs,
        cycles=profile.cycles,
        latency_ms=whole.latency_ms,
        machine_ms=whole.machine_ms,
        host_ms=whole.host_ms,
        crossing_ms=whole.crossing_ms,
        machine_only=machine.host is None,
        fps=_rate(manifest.batch, whole.latency_ms),
        fps_piped=_rate(manifest.batch, whole.interval_ms),
        machine_fps=_rate(manifest.batch, whole.machine_ms),
        utilisation=_share(macs, profile.cycles * machine.macs_per_cycle),
        dram_bytes=sum(layer.dram_bytes for layer in layers),
        bounds=_bounds(works, constants(program), machine),
        sram_peak_bytes=program.bytes_in(Space.SRAM),
        sram_live_bytes=max(
            (most_alive(lives(program, each)) for each in profile.entries), default=0
        ),
        memory=_memory(program, machine),
        text_bytes=_text_bytes(program),
        energy_uj=sum(layer.energy_pj for layer in layers) / 1e6,
        energy_uj_by_component=energy(layers, machine),
        kernels=kernels_of(groups, machine),
        layers=layers_of(groups, machine),
        segments=list(whole.segments),
        crossings=list(whole.crossings),
        host=whole.host,
    )
    return msgspec.to_builtins(report)


def _rate(frames: int, milliseconds: float) -> float | None:
    """Frames a second; None where nothing takes any time."""
    return frames / milliseconds * 1e3 if milliseconds else None


def _share(part: float, whole: float) -> float:
    """A part of a whole; 0 of nothing: the machine may have nothing to run."""
    return part / whole if whole else 0.0


def _text_bytes(program: Program) -> int:
    sections = encode(program)
    return len(sections[".text"]) + len(sections[".descriptors"])


def _memory(program: Program, machine: Machine) -> ProgramMemory:
    weights, maps = program.bytes_in(Space.WEIGHTS), program.bytes_in(Space.DRAM)
    text = _text_bytes(program)
    return ProgramMemory(
        weights_bytes=weights,
        feature_maps_bytes=maps,
        text_bytes=text,
        total_bytes=weights + maps + text,
        available_bytes=machine.dram.bytes,
    )


def _bounds(
    works: Sequence[FunctionWork],
    constants: Mapping[str, Mapping[str, int]],
    machine: Machine,
) -> Bounds:
    bounds = lower_bounds(
        [
            layer_work(group, constants[group.name], machine.array)
            for work in works
            for group in work.groups
        ],
        machine,
        sum(work.input_bytes for work in works),
        sum(work.output_bytes for work in works),
        launches=sum(bool(work.groups) for work in works),
    )
    return Bounds(
        compute_cycles=bounds.compute_cycles,
        dram_bytes_layerwise=bounds.dram_bytes_layerwise,
        dram_bytes_fused=bounds.dram_bytes_fused,
        latency_ms=machine.seconds(bounds.cycles) * 1e3,
        latency_ms_sram=machine.seconds(bounds.cycles_sram) * 1e3,
    )
