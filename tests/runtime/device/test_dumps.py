"""The files that a job leaves: their names are the open driver's."""

from pathlib import Path

from aipu.backend_aipu.binary import section_contents
from aipu.dialects.aipu import Space
from aipu.runtime.device.codes import Config, Status
from aipu.runtime.device.npu import NPU
from aipu.runtime.device.structures import JobDump, JobSimulation
from aipu.tests.runtime.device.networks import STRAIGHT, built, expected, picture


def dumped(npu: NPU, graph: int, types: int, folder: Path, prefix: str = "") -> int:
    """Run a job that dumps; its id."""
    _, job = npu.aipu_create_job(graph)
    dump = JobDump(str(folder), prefix)
    assert npu.aipu_config_job(job, types, dump) == Status.SUCCESS
    npu.aipu_load_tensor(job, 0, picture())
    assert npu.aipu_finish_job(job) == Status.SUCCESS
    return job


def test_inputs_and_outputs(npu: NPU, graph: int, tmp_path: Path) -> None:
    types = Config.JOB_CONFIG_TYPE_DUMP_INPUT | Config.JOB_CONFIG_TYPE_DUMP_OUTPUT
    dumped(npu, graph, types, tmp_path)
    given, made = sorted(tmp_path.iterdir())
    program = built(STRAIGHT).simulator.program
    (entry,) = program.entries
    places = [program.buffer(*b).address for b in (entry.inputs, entry.outputs)]
    head = "Graph_0x100000000_Job_0x100000001"
    assert given.name == (
        f"{head}_Input0_Dump_in_DRAM_PA_{places[0]:#x}_Size_0x300.bin"
    )
    assert made.name == f"{head}_Output0_Dump_in_DRAM_PA_{places[1]:#x}_Size_0xa.bin"
    assert given.read_bytes() == picture().tobytes()
    assert made.read_bytes() == expected(STRAIGHT, picture())


def test_what_lies_in_the_binary(npu: NPU, graph: int, tmp_path: Path) -> None:
    types = Config.JOB_CONFIG_TYPE_DUMP_TEXT | Config.JOB_CONFIG_TYPE_DUMP_WEIGHT
    dumped(npu, graph, types, tmp_path)
    contents = section_contents(built(STRAIGHT).binary)
    text = bytes(contents[".text"])
    head = "Graph_0x100000000_Job_0x100000001"
    name = f"{head}_Text_BeforeRun_Dump_in_Binary_Size_{len(text):#x}.bin"
    assert (tmp_path / name).read_bytes() == text
    (weights,) = tmp_path.glob("*_Weight_AfterRun_Dump_in_DRAM_PA_0x0_Size_*")
    found, held = weights.read_bytes(), bytes(contents[".weights"])
    for buffer in built(STRAIGHT).simulator.program.buffers:
        if buffer.space is Space.WEIGHTS:
            part = slice(buffer.address, buffer.end)
            assert found[part] == held[part]


def test_emulation_memory_and_profile(npu: NPU, graph: int, tmp_path: Path) -> None:
    types = (
        Config.JOB_CONFIG_TYPE_DUMP_EMULATION
        | Config.JOB_CONFIG_TYPE_DUMP_REUSE
        | Config.JOB_CONFIG_TYPE_DUMP_PROFILE
    )
    dumped(npu, graph, types, tmp_path, "net")
    assert (tmp_path / "net.output0").read_bytes() == expected(STRAIGHT, picture())
    assert "nodes" in (tmp_path / "net.graph.json").read_text()
    (memory,) = tmp_path.glob("*_AfRun_Reuse1_*")
    assert memory.stat().st_size == built(STRAIGHT).simulator.program.bytes_in(
        Space.DRAM
    )


def test_a_folder_that_is_not_there(npu: NPU, graph: int, tmp_path: Path) -> None:
    _, job = npu.aipu_create_job(graph)
    missing = str(tmp_path / "missing")
    types = Config.JOB_CONFIG_TYPE_DUMP_INPUT
    found = npu.aipu_config_job(job, types, JobDump(missing))
    assert found == Status.ERROR_INVALID_CONFIG
    assert missing in npu.aipu_get_error_message(found)
    simulation = Config.CONFIG_TYPE_SIMULATION
    assert npu.aipu_config_job(job, simulation, JobSimulation(missing)) == found
    assert npu.aipu_config_job(job, simulation, JobSimulation(str(tmp_path))) == 0


def test_a_dump_that_cannot_be_written_is_the_jobs_exception(
    npu: NPU, graph: int, tmp_path: Path
) -> None:
    _, job = npu.aipu_create_job(graph)
    gone = tmp_path / "gone"
    gone.mkdir()
    types = Config.JOB_CONFIG_TYPE_DUMP_OUTPUT
    npu.aipu_config_job(job, types, JobDump(str(gone)))
    gone.rmdir()
    assert npu.aipu_finish_job(job) == Status.ERROR_JOB_EXCEPTION
    assert "cannot write" in npu.aipu_get_error_message(Status.ERROR_JOB_EXCEPTION)
    assert npu.aipu_finish_job(job) == Status.ERROR_INVALID_OP
