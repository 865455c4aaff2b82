"""What an application sees of the driver: values, ids, states, statuses.

The semantics are those of the open driver (Compass_NPU_Driver 4.2.0), as read in its
source; the values those of the operators, evaluated without a machine.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aipu.backend_aipu.binary import read_binary
from aipu.backend_aipu.binary.elf import write_elf
from aipu.backend_aipu.binary.note import VERSION, seal
from aipu.backend_aipu.binary.sections import WITHOUT_NETWORK, fill_sections
from aipu.runtime.building.driver import Options, build
from aipu.runtime.device.codes import Config, Ioctl, JobStatus, Status, TensorType
from aipu.runtime.device.npu import NPU
from aipu.runtime.device.structures import (
    CreateJob,
    DynamicShapes,
    GlobalSimulation,
    LoadGraph,
    SharedTensor,
    TensorDescriptor,
)
from aipu.tests.runtime.device.networks import (
    CUT,
    STRAIGHT,
    built,
    expected,
    picture,
    straight_model,
)
from aipu.tests.small_model import images

OK = Status.SUCCESS


def test_a_job_gives_what_the_operators_mean(npu: NPU, graph: int) -> None:
    status, job = npu.aipu_create_job(graph)
    assert (status, graph, job) == (OK, 1 << 32, (1 << 32) + 1)
    for seed in range(3):
        assert npu.aipu_load_tensor(job, 0, picture(seed).tobytes()) == OK
        assert npu.aipu_finish_job(job) == OK
        found = npu.aipu_get_tensor(job, TensorType.OUTPUT, 0)
        assert found == (OK, expected(STRAIGHT, picture(seed)))
        assert (
            npu.aipu_get_tensor(job, TensorType.INPUT, 0)[1] == picture(seed).tobytes()
        )
    assert npu.aipu_clean_job(job) == OK
    assert npu.aipu_unload_graph(graph) == OK


def test_a_package_runs_what_the_host_computes_in_between(
    npu: NPU, cut_folder: Path
) -> None:
    status, graph = npu.aipu_load_graph_from_file(cut_folder)
    assert status == OK
    _, job = npu.aipu_create_job(graph)
    npu.aipu_load_tensor(job, 0, picture())
    assert npu.aipu_finish_job(job) == OK
    _, found = npu.aipu_get_tensor(job, TensorType.OUTPUT, 0)
    assert isinstance(found, np.ndarray)
    assert found.tobytes() == expected(CUT, picture())


def test_a_binary_alone_is_refused_with_the_segment_that_it_lacks(
    npu: NPU, cut_folder: Path
) -> None:
    status, id = npu.aipu_load_graph_from_file(str(cut_folder / "aipu.bin"))
    assert (status, id) == (Status.ERROR_OP_NOT_SUPPORTED, 0)
    said = npu.aipu_get_error_message(status)
    assert "segment_2" in said
    assert "load the folder of the package" in said


@pytest.mark.parametrize("type", [TensorType.INPUT, TensorType.OUTPUT])
def test_a_binary_alone_describes_the_tensors_of_its_package(
    npu: NPU, graph: int, type: TensorType, tmp_path: Path
) -> None:
    built(STRAIGHT).save(tmp_path / "package")
    _, whole = npu.aipu_load_graph_from_file(tmp_path / "package")
    assert whole == 2 << 32
    assert npu.aipu_get_tensor_count(graph, type) == (OK, 1)
    alone = npu.aipu_get_tensor_descriptor(graph, type, 0)
    assert alone == npu.aipu_get_tensor_descriptor(whole, type, 0)
    assert alone.size == {TensorType.INPUT: 16 * 16 * 3, TensorType.OUTPUT: 10}[type]


def test_shapes_and_profile_are_tensors(npu: NPU, graph: int) -> None:
    _, job = npu.aipu_create_job(graph)
    npu.aipu_load_tensor(job, 0, bytearray(768))
    npu.aipu_finish_job(job)
    _, shape = npu.aipu_get_tensor(job, TensorType.OUT_TENSOR_SHAPE, 0)
    assert shape == bytearray(np.array([1, 10], "<u4").tobytes())
    _, profile = npu.aipu_get_tensor(job, TensorType.PROFILER, 0)
    assert profile is not None
    size, count = np.frombuffer(bytes(profile[4:12]), "<u4")
    assert size == len(profile) == 24 + 24 * count
    assert int.from_bytes(bytes(profile[16:24]), "little") == npu.cycles(job)
    assert npu.cycles(job) == built(STRAIGHT).profile.cycles
    assert npu.aipu_get_tensor_count(job, TensorType.PRINTF) == (OK, 0)


def test_the_smallest_free_ids_are_taken(npu: NPU, graph: int) -> None:
    jobs = [npu.aipu_create_job(graph)[1] for _ in range(3)]
    assert jobs == [graph | 1, graph | 2, graph | 3]
    npu.aipu_clean_job(jobs[1])
    assert npu.aipu_create_job(graph) == (OK, jobs[1])
    binary = built(STRAIGHT).binary
    other = npu.aipu_load_graph(binary, len(binary))
    assert other == (OK, 2 << 32)
    npu.aipu_unload_graph(graph)
    assert npu.aipu_load_graph(binary, len(binary)) == (OK, graph)


def test_a_flushed_job_calls_back(npu: NPU, graph: int) -> None:
    _, job = npu.aipu_create_job(graph)
    assert npu.aipu_get_job_status(job, -1) == (OK, JobStatus.NO_STATUS)
    seen: list[tuple[int, JobStatus]] = []
    assert npu.aipu_flush_job(job, lambda *told: seen.append(told)) == OK
    assert npu.aipu_get_job_status(job, -1) == (OK, JobStatus.DONE)
    assert npu.aipu_finish_job(job) == OK
    assert seen == [(job, JobStatus.DONE)]


def test_calls_in_the_wrong_order(npu: NPU, graph: int) -> None:
    _, job = npu.aipu_create_job(graph)
    early, _ = npu.aipu_get_tensor(job, TensorType.OUTPUT, 0)
    assert early == Status.ERROR_INVALID_OP
    assert npu.aipu_clean_job(job) == OK
    assert npu.aipu_clean_job(job) == Status.ERROR_INVALID_JOB_ID
    assert npu.aipu_finish_job(job) == Status.ERROR_INVALID_JOB_ID
    npu.aipu_unload_graph(graph)
    assert npu.aipu_unload_graph(graph) == Status.ERROR_INVALID_GRAPH_ID
    assert npu.aipu_create_job(graph) == (Status.ERROR_INVALID_GRAPH_ID, 0)
    assert npu.aipu_deinit_context() == OK
    assert npu.aipu_deinit_context() == Status.ERROR_INVALID_CTX
    assert npu.aipu_create_job(graph) == (Status.ERROR_INVALID_CTX, 0)


def test_ids_of_the_wrong_kind(npu: NPU, graph: int) -> None:
    _, job = npu.aipu_create_job(graph)
    assert npu.aipu_create_job(job)[0] == Status.ERROR_INVALID_GRAPH_ID
    assert npu.aipu_unload_graph(job) == Status.ERROR_INVALID_GRAPH_ID
    for wrong in (graph, 0, -1, 7, job + 1, 1 << 70):
        assert npu.aipu_finish_job(wrong) == Status.ERROR_INVALID_JOB_ID
    for wrong in (0, 7, -1, 5 << 32):
        found, _ = npu.aipu_get_tensor_count(wrong, TensorType.INPUT)
        assert found == Status.ERROR_INVALID_GRAPH_ID


def test_wrong_tensors(npu: NPU, graph: int) -> None:
    _, job = npu.aipu_create_job(graph)
    load = npu.aipu_load_tensor
    assert load(job, 1, bytes(768)) == Status.ERROR_INVALID_TENSOR_ID
    assert load(job, -1, bytes(768)) == Status.ERROR_INVALID_TENSOR_ID
    assert load(job, 0, bytes(767)) == Status.ERROR_INVALID_SIZE
    assert "takes 768 bytes, found 767" in npu.aipu_get_error_message(0x15)
    missing = npu.aipu_load_tensor_from_file(job, 0, "missing.bin")
    assert missing == Status.ERROR_OPEN_FILE_FAIL
    npu.aipu_finish_job(job)
    found, _ = npu.aipu_get_tensor(job, 99, 0)
    assert found == Status.ERROR_INVALID_TENSOR_TYPE
    found, _ = npu.aipu_get_tensor(job, TensorType.OUTPUT, 3)
    assert found == Status.ERROR_INVALID_TENSOR_ID
    assert npu.aipu_get_tensor_descriptor(job, 0, 9) == TensorDescriptor()


def test_binaries_that_cannot_be_loaded(npu: NPU, tmp_path: Path) -> None:
    def status(data: bytes) -> Status:
        return npu.aipu_load_graph(data, len(data))[0]

    binary = built(STRAIGHT).binary
    assert status(b"") == Status.ERROR_UNKNOWN_BIN
    assert status(b"AIPU BIN") == Status.ERROR_UNKNOWN_BIN
    newer = binary[:84] + b"\x63" + binary[85:]
    assert status(newer) == Status.ERROR_GVERSION_UNSUPPORTED
    assert status(binary[:-1]) == Status.ERROR_INVALID_GBIN
    program, weights = read_binary(binary)
    plain = replace(program, network=None)
    older = seal(write_elf(fill_sections(plain, weights, WITHOUT_NETWORK)))
    assert status(older) == Status.ERROR_GVERSION_UNSUPPORTED
    assert "build it again" in npu.aipu_get_error_message(0x8)
    size, _ = npu.aipu_load_graph(binary, len(binary) + 1)
    assert size == Status.ERROR_INVALID_SIZE
    for missing in (tmp_path / "missing.bin", tmp_path):
        found, _ = npu.aipu_load_graph_from_file(missing)
        assert found == Status.ERROR_OPEN_FILE_FAIL


def test_what_has_no_meaning_here_says_so(npu: NPU, graph: int) -> None:
    _, job = npu.aipu_create_job(graph)
    assert npu.aipu_specify_iobuf(job, SharedTensor()) == Status.ERROR_OP_NOT_SUPPORTED
    assert npu.aipu_ioctl(Ioctl.ALLOC_DMABUF, bytes=64)[0] == 0x13
    assert npu.aipu_ioctl(12345)[0] == Status.ERROR_INVALID_OP
    shapes = CreateJob(dynshape=DynamicShapes([[1, 2]]))
    assert npu.aipu_create_job(graph, shapes)[0] == Status.ERROR_SET_SHAPE_FAILED
    wrong = npu.aipu_config_global(Config.CONFIG_TYPE_SIMULATION, LoadGraph())
    assert wrong == Status.ERROR_INVALID_CONFIG
    assert npu.aipu_config_global(Config.GLOBAL_CONFIG_TYPE_DISABLE_VER_CHECK) == OK
    binary = built(STRAIGHT).binary
    load = npu.aipu_load_graph
    assert load(binary, len(binary), {"put_ws_gm": True})[0] == OK
    assert load(binary, len(binary), {"put": True})[0] == Status.ERROR_INVALID_CONFIG


def test_what_the_device_tells(npu: NPU, graph: int) -> None:
    assert npu.aipu_ioctl(Ioctl.GET_VERSION) == (OK, "4.2.0", "")
    assert npu.aipu_ioctl(Ioctl.GET_AIPUBIN_BUILDVERSION, graph_id=graph) == (
        OK,
        VERSION,
    )
    assert npu.aipu_ioctl(Ioctl.IS_DS, graph_id=graph) == (OK, False)
    assert npu.aipu_ioctl(Ioctl.ENABLE_TICKCOUNTER) == (OK,)


def test_every_status_has_a_sentence(npu: NPU) -> None:
    sentences = [npu.aipu_get_error_message(status) for status in range(0x38)]
    assert all(sentences)
    assert npu.aipu_get_error_message(0x2A) == "no such status"
    assert npu.aipu_get_error_message(0x487) == "a layer ended in an error"


def test_a_batch_runs_frame_by_frame(npu: NPU, graph: int) -> None:
    _, queue = npu.aipu_create_batch_queue(graph)
    outputs = [np.zeros(10, np.int8) for _ in range(3)]
    for seed, output in enumerate(outputs):
        assert npu.aipu_add_batch(graph, queue, [picture(seed)], [output]) == OK
    assert npu.aipu_finish_batch(graph, queue) == OK
    for seed, output in enumerate(outputs):
        assert output.tobytes() == expected(STRAIGHT, picture(seed))
    empty = npu.aipu_finish_batch(graph, queue)
    assert empty == Status.ERROR_NO_BATCH_QUEUE
    few = npu.aipu_add_batch(graph, queue, [], [outputs[0]])
    assert few == Status.ERROR_INVALID_TENSOR_CNT
    short = npu.aipu_add_batch(graph, queue, [picture()], [bytearray(9)])
    assert short == Status.ERROR_INVALID_SIZE
    assert npu.aipu_clean_batch_queue(graph, queue) == OK
    assert npu.aipu_clean_batch_queue(graph, queue) == Status.ERROR_NO_BATCH_QUEUE


def test_cycles_can_be_counted_with_other_numbers(npu: NPU, tmp_path: Path) -> None:
    """At half of the clock with the same bits a cycle, DRAM takes the same cycles."""
    binary, cycles = built(STRAIGHT).binary, {}
    for clock in (400, 800):
        report = tmp_path / f"{clock}.csv"
        wanted = GlobalSimulation(
            en_fast_perf=True,
            freq_mhz=clock,
            ddr_bw=128,
            ddr_latency_rd=100,
            perf_report=str(report),
            json_filename=str(tmp_path / "graph.json"),
            log_file_path=str(tmp_path),
        )
        assert npu.aipu_config_global(Config.CONFIG_TYPE_SIMULATION, wanted) == OK
        _, graph = npu.aipu_load_graph(binary, len(binary))
        _, job = npu.aipu_create_job(graph)
        npu.aipu_finish_job(job)
        cycles[clock] = npu.cycles(job)
        head, *rows = report.read_text().splitlines()
        assert head == "layer,cycles,ms,macs,dram_bytes,bound_by"
        assert sum(int(row.split(",")[1]) for row in rows) == cycles[clock]
    launches = len(built(STRAIGHT).profile.layers)
    microseconds = built(STRAIGHT).machine.control.launch
    assert cycles[800] - cycles[400] == launches * microseconds * 400
    log = (tmp_path / "log_default").read_text()
    assert f"job 0x200000001: {cycles[800]} cycles" in log
    assert "first" in (tmp_path / "graph.json").read_text()
    impossible = GlobalSimulation(en_eval=True, freq_mhz=0)
    refused = npu.aipu_config_global(Config.CONFIG_TYPE_SIMULATION, impossible)
    assert refused == Status.ERROR_INVALID_CONFIG


@pytest.fixture(scope="module")
def other_targets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network built for machines of another kind, of other speed, and of a file."""
    folder = tmp_path_factory.mktemp("targets")
    own = folder / "mine.toml"
    own.write_text(
        'base = "r329"\nname = "mine"\ndescription = "as measured"\n'
        "[control]\nlaunch = 100\n"
    )
    for name in ("gemmini-16x16", "r329-600mhz", str(own)):
        package = build(straight_model(), Options(target=name, calibration=images(4)))
        package.save(folder / package.machine.name)
    return folder


def test_a_program_of_another_machine_is_refused(npu: NPU, other_targets: Path) -> None:
    for path in ("gemmini-16x16/aipu.bin", "gemmini-16x16"):
        status, graph = npu.aipu_load_graph_from_file(other_targets / path)
        assert (status, graph) == (Status.ERROR_TARGET_NOT_FOUND, 0)
        message = npu.aipu_get_error_message(status)
        assert "'gemmini-16x16', and this is 'r329'" in message
    data = (other_targets / "gemmini-16x16/aipu.bin").read_bytes()
    assert npu.aipu_load_graph(data, len(data))[0] == Status.ERROR_TARGET_NOT_FOUND


@pytest.mark.parametrize("path", ["r329-600mhz", "mine"])
def test_a_machine_of_another_speed_is_the_same(
    npu: NPU, other_targets: Path, path: str
) -> None:
    assert npu.aipu_load_graph_from_file(other_targets / path)[0] == OK


def test_the_device_can_be_another_machine(npu: NPU, other_targets: Path) -> None:
    simulated = GlobalSimulation(npu_arch_desc="gemmini-16x16")
    assert npu.aipu_config_global(Config.CONFIG_TYPE_SIMULATION, simulated) == OK
    there = other_targets / "gemmini-16x16"
    assert npu.aipu_load_graph_from_file(there)[0] == OK
    other = other_targets / "r329-600mhz"
    refused, _ = npu.aipu_load_graph_from_file(other)
    assert refused == Status.ERROR_TARGET_NOT_FOUND
    unchecked = Config.GLOBAL_CONFIG_TYPE_DISABLE_VER_CHECK
    assert npu.aipu_config_global(unchecked) == OK
    assert npu.aipu_load_graph_from_file(other)[0] == OK


def test_a_binary_of_a_file_runs_where_the_device_is_that(
    npu: NPU, other_targets: Path
) -> None:
    binary = other_targets / "mine/aipu.bin"
    refused, _ = npu.aipu_load_graph_from_file(binary)
    assert refused == Status.ERROR_TARGET_NOT_FOUND
    mine = GlobalSimulation(npu_arch_desc=str(other_targets / "mine.toml"))
    assert npu.aipu_config_global(Config.CONFIG_TYPE_SIMULATION, mine) == OK
    assert npu.aipu_load_graph_from_file(binary)[0] == OK
    nobody = GlobalSimulation(npu_arch_desc="z9")
    status = npu.aipu_config_global(Config.CONFIG_TYPE_SIMULATION, nobody)
    assert status == Status.ERROR_INVALID_CONFIG
