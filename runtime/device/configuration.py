"""What a context is configured to: other numbers for cycles, a log, reports."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

import msgspec

from ...backend_aipu.machine import TARGET_FILES, Machine, load_machine
from ...errors import AipuError
from ..figures.graph_json import graph_json
from ..files import write_file
from .codes import Config, Status
from .graph import Graph
from .job import Job
from .messages import DeviceError
from .structures import GlobalSimulation

CHIP = "r329"
"""What the device is unless a configuration says something else."""

LOG = "log_default"
VERSION_CHECKS: Mapping[int, bool] = {
    Config.GLOBAL_CONFIG_TYPE_DISABLE_VER_CHECK: False,
    Config.GLOBAL_CONFIG_TYPE_ENABLE_VER_CHECK: True,
}

COLUMNS = ("layer", "cycles", "ms", "macs", "dram_bytes", "bound_by")


class Configuration:
    """The configuration of a context, and what follows from it."""

    def __init__(self) -> None:
        self.simulation = GlobalSimulation()
        self.device = load_machine(CHIP)
        self.checks = True

    def configure(self, wanted: GlobalSimulation) -> None:
        """Take a configuration, for graphs that are loaded from now on.

        Raises:
            DeviceError: a number makes no machine, no machine has this name, or there
                is no folder for the log.
        """
        if evaluates(wanted) and (wanted.freq_mhz < 1 or wanted.ddr_bw < 8):
            raise DeviceError(
                Status.ERROR_INVALID_CONFIG,
                "freq_mhz must be 1 or more and ddr_bw 8 or more, found "
                f"{wanted.freq_mhz} and {wanted.ddr_bw}",
            )
        if wanted.log_file_path and not Path(wanted.log_file_path).is_dir():
            raise DeviceError(
                Status.ERROR_INVALID_CONFIG,
                f"there is no folder '{wanted.log_file_path}' for the log",
            )
        try:
            self.device = load_machine(wanted.npu_arch_desc or CHIP)
        except AipuError as error:
            raise DeviceError(Status.ERROR_INVALID_CONFIG, error.message) from None
        self.simulation = wanted

    def check_versions(self, types: int) -> None:
        """Refuse programs of other machines from now on, or take them.

        Raises:
            DeviceError: it is no such configuration.
        """
        if types not in VERSION_CHECKS:
            raise DeviceError(Status.ERROR_INVALID_CONFIG, f"type {types:#x}")
        self.checks = VERSION_CHECKS[types]

    def named(self, target: str) -> Machine:
        """The machine that a binary by itself is for.

        Raises:
            DeviceError: only the folder of its package knows that.
        """
        if target == self.device.name:
            return self.device
        if target not in TARGET_FILES:
            raise DeviceError(
                Status.ERROR_TARGET_NOT_FOUND,
                f"it is for '{target}'; the folder of its package has that machine",
            )
        return load_machine(target)

    def timing(self, machine: Machine) -> Machine:
        """The machine of a program with the clock and the DRAM that are configured.

        Raises:
            DeviceError: the device is another one, in more than its speed.
        """
        if self.checks and not machine.runs_programs_of(self.device):
            raise DeviceError(
                Status.ERROR_TARGET_NOT_FOUND,
                f"it is for '{machine.name}', and this is '{self.device.name}'; a "
                "configuration can make it another: npu_arch_desc",
            )
        wanted = self.simulation
        if not evaluates(wanted):
            return machine
        clock = wanted.freq_mhz * 1_000_000
        latency = max(wanted.ddr_latency_rd, wanted.ddr_latency_wr)
        dram = msgspec.structs.replace(
            machine.dram,
            bandwidth=wanted.ddr_bw // 8 * clock,
            latency=latency * 1000 // wanted.freq_mhz,
        )
        return msgspec.structs.replace(machine, clock_hz=clock, dram=dram)

    def loaded(self, id: int, graph: Graph) -> None:
        """Leave the reports of a graph that was loaded.

        Raises:
            DeviceError: one cannot be written.
        """
        wanted, target = self.simulation, graph.simulator.machine.name
        self.log(f"graph {id:#x}: {len(graph.simulator.entries)} entries for {target}")
        try:
            if evaluates(wanted) and wanted.perf_report:
                write_file(Path(wanted.perf_report), performance(graph))
            if wanted.json_filename:
                data = graph_json(f"{id:#x}", target, graph.profile)
                write_file(Path(wanted.json_filename), data)
        except AipuError as error:
            raise DeviceError(Status.ERROR_WRITE_FILE_FAIL, error.head) from None

    def before(self, job: Job, inputs: Sequence[bytes]) -> None:
        """Nothing is said of a job before it runs."""

    def behind(self, job: Job, outputs: Sequence[bytes]) -> None:
        """Say in the log that a job is done."""
        if self.simulation.log_file_path:
            profile = job.graph.profile
            milliseconds = profile.seconds * 1000
            self.log(f"job {job.id:#x}: {profile.cycles} cycles, {milliseconds:.3f} ms")

    def log(self, line: str) -> None:
        """A line for the log, if there is one."""
        if self.simulation.log_file_path:
            with (Path(self.simulation.log_file_path) / LOG).open("a") as file:
                file.write(line + "\n")


def evaluates(wanted: GlobalSimulation) -> bool:
    """Whether cycles are counted with the numbers of the configuration."""
    return wanted.en_eval or wanted.en_fast_perf


def performance(graph: Graph) -> bytes:
    """What each layer costs, as CSV."""
    machine, text = graph.simulator.machine, StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for layer in graph.profile.layers:
        milliseconds = f"{machine.seconds(layer.cycles) * 1000:.6f}"
        rows.writerow(
            (
                layer.name,
                layer.cycles,
                milliseconds,
                layer.macs,
                layer.dram_bytes,
                layer.bound_by,
            )
        )
    return text.getvalue().encode()
