"""Loading graphs: a binary alone, or the folder of a package with the host's part.

A binary alone is a graph where the host stands only at its rims: layout, quantising and
the final softmax are left to whoever calls, as on the chip. Where the host computes in
between, only the package knows what.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from ...backend_aipu.binary import read_binary
from ...backend_aipu.binary.elf import ForeignError
from ...backend_aipu.binary.note import VERSION, VersionError, read_note
from ...backend_aipu.machine import Machine
from ...backend_aipu.network import Network
from ...backend_aipu.program import Program
from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError
from ...passes.authoring.segments import functions
from ..building.levels import QUANTISED
from ..building.package import Package
from ..files import read_file
from ..simulator.simulator import Simulator
from .codes import Status
from .configuration import Configuration
from .graph import Graph, HostSegment
from .messages import DeviceError


def load_path(path: Path, configuration: Configuration) -> Graph:
    """The graph of a binary's file or of a package's folder.

    Raises:
        DeviceError: it cannot be read, or not be run.
    """
    if path.is_dir():
        return _of_package(path, configuration)
    try:
        data = read_file(path)
    except AipuError as error:
        raise DeviceError(Status.ERROR_OPEN_FILE_FAIL, error.head) from None
    return load_binary(data, configuration, str(path))


def load_binary(data: bytes, configuration: Configuration, name: str = "") -> Graph:
    """The graph of a binary's bytes; `name` is what messages call it.

    Raises:
        DeviceError: they are none, or one that cannot be run alone.
    """
    program, weights = _read(data, name)
    machine = configuration.timing(configuration.named(program.target))
    network = _network(program)
    for segment in network.segments:
        if segment.name not in {entry.name for entry in program.entries}:
            raise DeviceError(
                Status.ERROR_OP_NOT_SUPPORTED,
                f"the host computes {segment.name} between entries of the machine, and "
                "a binary does not say what: load the folder of the package",
            )
    return _graph(program, weights, data, machine, network, {})


def _of_package(folder: Path, configuration: Configuration) -> Graph:
    """The graph of a package, whose folder says what the host does in between."""
    try:
        package = Package.load(folder)
        module = package.levels[QUANTISED]
    except AipuError as error:
        raise DeviceError(Status.ERROR_OPEN_FILE_FAIL, error.head) from None
    program, weights = _read(package.binary, str(folder / "aipu.bin"))
    network = _network(program)
    entries = {entry.name for entry in program.entries}
    found = {function.sym_name.data: function for function in functions(module)}
    hosts: dict[str, HostSegment] = {
        segment.name: partial(evaluate, found[segment.name], weights=package.weights)
        for segment in network.segments
        if segment.name not in entries
    }
    machine = configuration.timing(package.machine)
    return _graph(program, weights, package.binary, machine, network, hosts)


def _read(data: bytes, name: str) -> tuple[Program, Mapping[str, np.ndarray]]:
    try:
        return read_binary(data, name=name)
    except AipuError as error:
        raise DeviceError(_status_of(error), error.message) from None


def _status_of(error: AipuError) -> Status:
    """The status for a binary that cannot be read."""
    match error.__cause__:
        case ForeignError():
            return Status.ERROR_UNKNOWN_BIN
        case VersionError():
            return Status.ERROR_GVERSION_UNSUPPORTED
        case _:
            return Status.ERROR_INVALID_GBIN


def _network(program: Program) -> Network:
    if program.network is None:
        raise DeviceError(
            Status.ERROR_GVERSION_UNSUPPORTED,
            "it does not say which tensors it takes and gives, as binaries do since "
            f"version {VERSION} of the format: build it again",
        )
    if not program.entries:
        raise DeviceError(
            Status.ERROR_INVALID_GBIN, "nothing of this network runs on the machine"
        )
    return program.network


def _graph(
    program: Program,
    weights: Mapping[str, np.ndarray],
    data: bytes,
    machine: Machine,
    network: Network,
    hosts: Mapping[str, HostSegment],
) -> Graph:
    try:
        simulator = Simulator(program, weights, machine)
    except AipuError as error:
        raise DeviceError(Status.ERROR_TARGET_NOT_FOUND, error.message) from None
    version = read_note(data).version
    return Graph(network, simulator, version, data, hosts)
