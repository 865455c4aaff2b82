"""Cases: a network with an input and the output that it should have, in a folder.

The expected output is what the operators mean, evaluated without the machine.
"""

from pathlib import Path

import numpy as np

from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError, nearest
from ...examples.networks import NETWORKS
from ...passes.authoring.segments import functions
from ..building.driver import Options, build
from ..building.levels import QUANTISED
from ..building.package import Package
from ..files import write_file
from .demo import Demo

CASES = {"resnet_50": "resnet50", **{name: name for name in NETWORKS}}
"""The networks of the cases: the first as the board's own script calls it."""

BINARY, INPUT, OUTPUT = "aipu.bin", "input.bin", "output_ref.bin"


def case(name: str, folder: Path) -> Demo:
    """The case of a name, in a folder of its own; it is made where it is not there.

    Raises:
        AipuError: there is no such case, or it cannot be written.
    """
    if name not in CASES:
        raise AipuError(f"unknown case '{name}'", remedy=nearest(name, CASES))
    files = [folder / name / file for file in (BINARY, INPUT, OUTPUT)]
    if not all(file.is_file() for file in files):
        package = build(NETWORKS[CASES[name]](0), Options())
        given, made = example(package)
        files[0].parent.mkdir(parents=True, exist_ok=True)
        for file, data in zip(files, (package.binary, given, made), strict=True):
            write_file(file, data)
    return Demo(files[0], [files[1]], files[2])


def example(package: Package) -> tuple[bytes, bytes]:
    """Noise as its binary takes it, and what its operators make of that."""
    network = package.simulator.program.network
    assert network is not None
    found = {
        function.sym_name.data: function
        for function in functions(package.levels[QUANTISED])
    }
    generator = np.random.default_rng(0)
    values = {
        name: generator.integers(-128, 128, network.tensor(name).shape, np.int8)
        for name in network.inputs
    }
    given = b"".join(values[name].tobytes() for name in network.inputs)
    for segment in network.segments:
        arrays = [values[name] for name in segment.inputs]
        made = evaluate(found[segment.name], arrays, package.weights)
        values |= zip(segment.outputs, made, strict=True)
    return given, b"".join(values[name].tobytes() for name in network.outputs)
