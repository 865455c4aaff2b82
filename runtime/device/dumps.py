"""Files that a job leaves behind, under the names that the driver gives them.

    <dir>/Graph_0x100000000_Job_0x100000001_Input0_Dump_in_DRAM_PA_0x0_Size_0x3000.bin

What lies in the binary's file says `Dump_in_Binary_Size_`. Addresses are those of the
simulator's memories, each of which begins at 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...backend_aipu.binary import section_contents
from ...dialects.aipu import Space
from ..figures.graph_json import graph_json
from ..files import write_file
from .codes import Config, Status
from .graph import Graph
from .job import Job
from .messages import DeviceError
from .structures import JobDump

MOST = 0x3FF
"""All kinds of dumps together."""

IN_BINARY = {
    Config.JOB_CONFIG_TYPE_DUMP_TEXT: ("Text", ".text"),
    Config.JOB_CONFIG_TYPE_DUMP_DESCRIPTOR: ("Descriptor", ".descriptors"),
}
MEMORIES = (Space.SRAM, Space.DRAM)


@dataclass(frozen=True)
class Dumps:
    """What is dumped of a job (numbers of `Config`, added up), and where."""

    types: int
    wanted: JobDump

    def __post_init__(self) -> None:
        """
        Raises:
            DeviceError: there is no such folder.
        """
        if not Path(self.wanted.dump_dir or ".").is_dir():
            raise DeviceError(
                Status.ERROR_INVALID_CONFIG,
                f"there is no folder '{self.wanted.dump_dir}' for dumps",
            )

    def before(self, job: Job, inputs: Sequence[bytes]) -> None:
        """Dump what the job begins with."""
        graph = job.graph
        contents = section_contents(graph.binary)
        for type, (what, section) in IN_BINARY.items():
            if self._has(type):
                data = bytes(contents[section])
                self._write(job, f"{what}_BeforeRun_Dump_in_Binary", data)
                self._write(job, f"{what}_BeforeRun{_at(0)}", data)
        if self._has(Config.JOB_CONFIG_TYPE_DUMP_WEIGHT):
            self._memory(job, "Weight_BeforeRun", Space.WEIGHTS)
        if self._has(Config.JOB_CONFIG_TYPE_DUMP_INPUT):
            for number, data in enumerate(inputs):
                place = _at(address(graph, graph.network.inputs[number]))
                self._write(job, f"Input{number}{place}", data)

    def behind(self, job: Job, outputs: Sequence[bytes]) -> None:
        """Dump what the job ends with."""
        graph = job.graph
        if self._has(Config.JOB_CONFIG_TYPE_DUMP_WEIGHT):
            self._memory(job, "Weight_AfterRun", Space.WEIGHTS)
        if self._has(Config.JOB_CONFIG_TYPE_DUMP_OUTPUT):
            for number, data in enumerate(outputs):
                place = _at(address(graph, graph.network.outputs[number]))
                self._write(job, f"Output{number}{place}", data)
        if self._has(Config.JOB_CONFIG_TYPE_DUMP_EMULATION):
            for number, data in enumerate(outputs):
                write_file(self._plain(f"output{number}"), data)
        if self._has(Config.JOB_CONFIG_TYPE_DUMP_REUSE):
            for number, space in enumerate(MEMORIES):
                self._memory(job, f"AfRun_Reuse{number}", space)
        if self._has(Config.JOB_CONFIG_TYPE_DUMP_PROFILE):
            target = graph.simulator.machine.name
            data = graph_json(self.wanted.prefix or "temp", target, graph.profile)
            write_file(self._plain("graph.json"), data)

    def _has(self, type: Config) -> bool:
        return bool(self.types & type)

    def _plain(self, ending: str) -> Path:
        prefix = self.wanted.prefix or "temp"
        return Path(self.wanted.dump_dir) / f"{prefix}.{ending}"

    def _memory(self, job: Job, what: str, space: Space) -> None:
        data = job.graph.simulator.memory.spaces[space].tobytes()
        if data:
            self._write(job, what + _at(0), data)

    def _write(self, job: Job, what: str, data: bytes) -> None:
        graph = job.id & ~0xFFFFFFFF
        name = f"Graph_{graph:#x}_Job_{job.id:#x}_{what}_Size_{len(data):#x}.bin"
        write_file(Path(self.wanted.dump_dir) / name, data)


def _at(address: int) -> str:
    return f"_Dump_in_DRAM_PA_{address:#x}"


def address(graph: Graph, tensor: str) -> int:
    """Where a tensor lies in the DRAM; 0 where only the host has it."""
    program = graph.simulator.program
    for segment in graph.network.segments:
        names = *segment.inputs, *segment.outputs
        if segment.name in graph.simulator.entries and tensor in names:
            entry = graph.simulator.entry(segment.name).entry
            buffers = *entry.inputs, *entry.outputs
            return program.buffer(buffers[names.index(tensor)]).address
    return 0
