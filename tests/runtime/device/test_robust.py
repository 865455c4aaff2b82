"""Many threads, many jobs, graphs that go while jobs run, processes that are killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from aipu.runtime.device.codes import JobStatus, Status, TensorType
from aipu.runtime.device.npu import NPU
from aipu.tests.runtime.device.networks import STRAIGHT, built, expected, picture

OK = Status.SUCCESS
THREADS = 8
LONGEST = 60
"""Seconds, after which something waits for ever."""


def at_once(*calls: Callable[[], None]) -> None:
    """Calls in threads of their own, none of which waits for ever."""
    threads = [Thread(target=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert not any(thread.is_alive() for thread in threads)


def test_threads_get_the_outputs_of_their_own_inputs(npu: NPU, graph: int) -> None:
    wrong: list[object] = []

    def jobs(seed: int) -> None:
        right = expected(STRAIGHT, picture(seed))
        for _ in range(10):
            _, job = npu.aipu_create_job(graph)
            npu.aipu_load_tensor(job, 0, picture(seed).tobytes())
            found = npu.aipu_finish_job(job), *npu.aipu_get_tensor(job, 1, 0)
            if found != (OK, OK, right):
                wrong.append(found)
            npu.aipu_clean_job(job)

    at_once(*(lambda seed=seed: jobs(seed) for seed in range(THREADS)))
    assert wrong == []


def test_a_graph_is_unloaded_under_running_jobs(npu: NPU) -> None:
    binary, seen = built(STRAIGHT).binary, set[Status]()
    _, graph = npu.aipu_load_graph(binary, len(binary))

    def jobs() -> None:
        for _ in range(200):
            status, job = npu.aipu_create_job(graph)
            if status == OK:
                status = npu.aipu_finish_job(job)
            seen.add(status)
            if status != OK:
                return

    def unload() -> None:
        time.sleep(0.1)
        npu.aipu_unload_graph(graph)

    at_once(unload, *[jobs] * THREADS)
    gone = {Status.ERROR_INVALID_JOB_ID, Status.ERROR_INVALID_GRAPH_ID}
    assert seen & gone
    assert seen <= {OK, *gone}


def test_a_job_that_takes_too_long_can_be_waited_for_again(
    npu: NPU, graph: int
) -> None:
    _, job = npu.aipu_create_job(graph)
    context = npu._context
    assert context is not None
    with context.graph(graph).one_at_a_time:  # the machine is busy
        assert npu.aipu_finish_job(job, 20) == Status.ERROR_JOB_TIMEOUT
        assert npu.aipu_get_job_status(job, 0) == (OK, JobStatus.NO_STATUS)
        late = Status.ERROR_JOB_TIMEOUT, JobStatus.NO_STATUS
        assert npu.aipu_get_job_status(job, 20) == late
        assert npu.aipu_finish_job(job) == Status.ERROR_INVALID_OP
        assert npu.aipu_load_tensor(job, 0, bytes(768)) == Status.ERROR_INVALID_OP
    assert npu.aipu_get_job_status(job, -1) == (OK, JobStatus.DONE)


def test_a_job_is_cleaned_while_it_waits(npu: NPU, graph: int) -> None:
    _, job = npu.aipu_create_job(graph)
    told: list[object] = []
    context = npu._context
    assert context is not None
    with context.graph(graph).one_at_a_time:
        npu.aipu_flush_job(job, lambda *state: told.append(state))
        waits = Thread(target=lambda: told.append(npu.aipu_get_job_status(job, -1)))
        waits.start()
        time.sleep(0.05)
        assert npu.aipu_clean_job(job) == OK
        waits.join(LONGEST)
    gone = Status.ERROR_INVALID_JOB_ID, JobStatus.NO_STATUS
    assert told == [gone]


def test_a_callback_that_fails_does_not_stop_the_machine(npu: NPU, graph: int) -> None:
    def fail(job: int, status: JobStatus) -> None:
        raise ValueError(job, status)

    _, job = npu.aipu_create_job(graph)
    npu.aipu_flush_job(job, fail)
    assert npu.aipu_get_job_status(job, -1) == (OK, JobStatus.DONE)
    assert npu.aipu_finish_job(job) == OK


DUMPING = """
import sys
from aipu.runtime.device.codes import Config
from aipu.runtime.device.npu import NPU
from aipu.runtime.device.structures import JobDump
npu = NPU()
npu.aipu_init_context()
_, graph = npu.aipu_load_graph_from_file(sys.argv[1])
for _ in range(10**6):
    _, job = npu.aipu_create_job(graph)
    npu.aipu_config_job(job, 0x76, JobDump(sys.argv[2]))
    npu.aipu_finish_job(job)
    print("ran", flush=True)
"""


def test_a_killed_process_leaves_whole_files(tmp_path: Path) -> None:
    binary, folder = tmp_path / "aipu.bin", tmp_path / "dumps"
    binary.write_bytes(built(STRAIGHT).binary)
    folder.mkdir()
    command = (sys.executable, "-c", DUMPING, str(binary), str(folder))
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(3)] == [b"ran\n"] * 3
    process.send_signal(signal.SIGKILL)
    process.wait(LONGEST)
    process.stdout.close()
    dumped = list(folder.glob("Graph*"))
    assert dumped
    for file in dumped:
        size = int(file.stem.rpartition("_Size_")[2], 16)
        assert file.stat().st_size == size


@pytest.mark.long
def test_ten_thousand_jobs_take_no_more_memory(npu: NPU, graph: int) -> None:
    def resident() -> int:
        status = Path("/proc/self/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1])

    def run(count: int) -> None:
        for seed in range(count):
            _, job = npu.aipu_create_job(graph)
            npu.aipu_load_tensor(job, 0, picture(seed % 4))
            assert npu.aipu_finish_job(job) == OK
            npu.aipu_get_tensor(job, TensorType.OUTPUT, 0)
            npu.aipu_clean_job(job)

    run(1000)
    before = resident()
    run(9000)
    assert resident() - before < 2048, "kilobytes"
