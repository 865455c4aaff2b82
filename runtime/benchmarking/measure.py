"""One network on both sides: the machine simulated, the processor beside it modelled.

What cannot be known of a network is a line of its result.
"""

import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from xdsl.ir import Block

from ...backend_aipu.board import Board
from ...dialects import nn
from ...dialects.nn.macs import macs
from ...errors import AipuError
from ...passes.authoring.functions import input_name, main_function
from ...passes.authoring.operators import operators
from ..building.driver import Build
from ..building.levels import AIPU, FLOAT
from ..figures.figures import figures
from .as_param import as_param
from .networks import NCNN, Candidate
from .on_this_computer import Measured, measured
from .processor import Processor, processor
from .published import Time, benchmarked

A_PASS = re.compile(r"pass '[^']*': ")
"""Who found a problem, which is of no interest here."""


class OnMachine(Struct, frozen=True):
    """A frame with a machine: milliseconds, the machine's simulated, others estimates.

    latency_ms: machine_ms + host_ms + crossing_ms.
    bytes: of the machine's memory: weights, feature maps and program.
    """

    latency_ms: float
    machine_ms: float
    host_ms: float
    crossing_ms: float
    bytes: int


class BothSides(Struct, frozen=True):
    """What is known of a network; what is not says why, in one line each.

    macs: of a frame.
    machine: on the machine; null where it does not fit, or cannot be built.
    processor: on the host alone; null where the network cannot be read.
    here: of ncnn on this computer.
    published: of ncnn on boards, where it is one of the networks of its benchmark.
    problems: by "machine", "processor" and "here", why nothing is known.
    """

    name: str
    macs: int | None
    machine: OnMachine | None
    processor: Processor | None
    here: Measured | None
    published: list[Time]
    problems: dict[str, str]

    def ratio(self, milliseconds: float | None) -> float | None:
        """How many times as long as with the machine; None where nothing tells."""
        if milliseconds is None or self.machine is None or not self.machine.latency_ms:
            return None
        return milliseconds / self.machine.latency_ms


class Asked(Struct, frozen=True):
    """What is asked for.

    target, strategy: as `aipu build` takes them.
    board: whose memory counts.
    here: whether ncnn is run on this computer.
    threads: of ncnn here.
    """

    target: str
    strategy: str | None
    board: Board
    here: bool
    threads: int


def measure(candidate: Candidate, asked: Asked) -> BothSides:
    """A network on both sides.

    Raises:
        AipuError: it cannot be read.
    """
    options = replace(candidate.options, target=asked.target, strategy=asked.strategy)
    build = Build(candidate.model(), options)
    build.reach(FLOAT)
    block = main_function(build.modules[FLOAT]).body.block
    found = operators(block)
    count = sum(map(macs, found))
    known = benchmarked(candidate.name, count)
    problems: dict[str, str] = {}
    return BothSides(
        candidate.name,
        count,
        _on_machine(build, problems),
        processor(found, build.machine.host, known, int8=candidate.int8),
        _here(candidate, block, asked.threads, problems) if asked.here else None,
        [] if known is None else known.times,
        problems,
    )


def measure_among_others(candidate: Candidate, asked: Asked) -> BothSides:
    """The same; that it cannot be read is a line of the result: the others go on."""
    try:
        return measure(candidate, asked)
    except AipuError as error:
        line = _line(error)
        problems = {"machine": line, "processor": line}
        return BothSides(candidate.name, None, None, None, None, [], problems)


def _on_machine(build: Build, problems: dict[str, str]) -> OnMachine | None:
    try:
        build.reach(AIPU)
        report = figures(build.package().report)
    except AipuError as error:
        problems["machine"] = _line(error)
        return None
    return OnMachine(
        report.latency_ms,
        report.machine_ms,
        report.host_ms,
        report.crossing_ms,
        report.memory.total_bytes,
    )


def _here(
    candidate: Candidate, block: Block, threads: int, problems: dict[str, str]
) -> Measured | None:
    try:
        if candidate.param is not None:
            inputs = {input_name(each): nn.shape(each) for each in block.args}
            return measured(candidate.param, inputs, threads)
        written = as_param(block)
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"network{NCNN}"
            path.write_text(written.text)
            return measured(path, written.inputs, threads)
    except AipuError as error:
        problems["here"] = _line(error)
        return None


def _line(error: AipuError) -> str:
    """What is wrong, in one line."""
    first, *more = A_PASS.sub("", error.head).splitlines()
    return f"{first} {more[0].strip()}" if first.endswith(":") and more else first
