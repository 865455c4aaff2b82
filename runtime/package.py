"""A package: a network built for a machine, ready to run, to check and to keep.

A folder holds it:

    aipu.bin        the binary
    package.json    what was built: the manifest
    model.mlir      the quantised network and its segments
    weights.npz     the weights of all levels
    report.json     where the time goes
    levels/         the network at the other levels
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from ..backend_aipu.binary import read_binary
from ..backend_aipu.machine import Machine
from ..dialects.semantics.evaluate import evaluate
from ..dialects.semantics.weights import WeightStore
from ..errors import AipuError, nearest
from ..passes.functions import main_function
from .files import read_file, whole_folder
from .levels import FLOAT, QUANTISED, TILE, Levels
from .manifest import Manifest, TensorInfo, decode, encode
from .report.summary import Report, summary
from .session import run_network
from .simulator.profile import NetworkProfile
from .simulator.simulator import Simulator
from .verify import Row, verify

BINARY = "aipu.bin"
MANIFEST = "package.json"
WEIGHTS = "weights.npz"
REPORT = "report.json"
REFERENCE_LEVELS = {"float": FLOAT, "quantised": QUANTISED}

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Result:
    """What a run gives: the outputs by name, in float, and where the time went."""

    outputs: dict[str, np.ndarray]
    profile: NetworkProfile


class Package:
    """A network built for a machine."""

    def __init__(
        self,
        manifest: Manifest,
        levels: Levels,
        weights: WeightStore,
        binary: bytes,
    ):
        self.manifest = manifest
        self.levels = levels
        self.weights = weights
        self.binary = binary

    @property
    def inputs(self) -> dict[str, TensorInfo]:
        """Name, shape and dtype of every input."""
        return self.manifest.inputs

    @property
    def outputs(self) -> dict[str, TensorInfo]:
        """Name, shape and dtype of every output."""
        return self.manifest.outputs

    @property
    def machine(self) -> Machine:
        """The machine that it was built for."""
        return self.manifest.machine

    @cached_property
    def simulator(self) -> Simulator:
        """The machine with the package's binary in its memory."""
        program, weights = read_binary(
            self.binary, target=self.manifest.target, name="aipu.bin"
        )
        return Simulator(program, weights, self.machine)

    @cached_property
    def profile(self) -> NetworkProfile:
        """Where the time goes: the same for every input."""
        entries = self.simulator.entries.values()
        return NetworkProfile(self.machine, [entry.profile for entry in entries])

    @classmethod
    def load(cls, folder: Path) -> "Package":
        """The package in a folder.

        Raises:
            AipuError: it holds none, or a damaged one.
        """
        path = folder / MANIFEST
        if not path.is_file():
            raise AipuError(
                f"no package here: {MANIFEST} is missing",
                place=str(folder),
                remedy="aipu build MODEL -o DIR makes one",
            )
        return cls(
            decode(read_file(path), str(path)),
            Levels({}, folder),
            WeightStore.load(folder / WEIGHTS),
            read_file(folder / BINARY),
        )

    def save(self, folder: Path | str) -> None:
        """Keep the package in a folder, whole or not at all.

        Raises:
            AipuError: it cannot be written there.
        """
        texts = self.levels.texts()
        report = msgspec.json.format(msgspec.json.encode(self.report), indent=2)
        with whole_folder(Path(folder), MANIFEST) as beside:
            for file, text in texts.items():
                (beside / file).parent.mkdir(exist_ok=True)
                (beside / file).write_text(text, encoding="utf-8")
            self.weights.save(beside / WEIGHTS)
            (beside / BINARY).write_bytes(self.binary)
            (beside / MANIFEST).write_bytes(encode(self.manifest))
            (beside / REPORT).write_bytes(report + b"\n")

    @cached_property
    def report(self) -> Report:
        """What `report.json` holds."""
        scheduled = self.levels[TILE]
        program = self.simulator.program
        return summary(self.manifest, scheduled, program, self.profile)

    def run(self, inputs: Arrays) -> Result:
        """Run the binary on the simulator, and the host's segments around it.

        Args:
            inputs: one array an input, of its shape.

        Raises:
            AipuError: an input is missing, unknown, or of the wrong shape or type.
        """
        arrays = self._checked(inputs, whole_batches=False)
        module = self.levels[QUANTISED]
        results = run_network(module, arrays, self.weights, self.simulator)
        outputs = dict(zip(self.outputs, results, strict=True))
        return Result(outputs, self.profile)

    def reference(
        self, inputs: Arrays, level: str = "quantised"
    ) -> dict[str, np.ndarray]:
        """The outputs as the operators of a level say, without the machine.

        Args:
            inputs: arrays with any number of the network's batches in front.
            level: "float" or "quantised".
        """
        if level not in REFERENCE_LEVELS:
            raise AipuError(
                f"no reference level '{level}'", remedy=nearest(level, REFERENCE_LEVELS)
            )
        main = main_function(self.levels[REFERENCE_LEVELS[level]])
        batches = [
            evaluate(main, batch, self.weights)
            for batch in self._batches(self._checked(inputs, whole_batches=True))
        ]
        return {
            name: np.concatenate([results[number] for results in batches])
            for number, name in enumerate(self.outputs)
        }

    def verify(self, inputs: Arrays | None = None) -> list[Row]:
        """Compare every layer at every level; noise if there are no inputs."""
        if inputs is None:
            inputs = self.noise()
        arrays = self._checked(inputs, whole_batches=False)
        return verify(self.levels, self.weights, self.simulator, arrays)

    def noise(self, seed: int = 0) -> dict[str, np.ndarray]:
        """Standard normal inputs, the same for the same seed."""
        generator = np.random.default_rng(seed)
        return {
            name: generator.standard_normal(info.shape).astype(info.dtype)
            for name, info in self.inputs.items()
        }

    def _checked(self, inputs: Arrays, *, whole_batches: bool) -> list[np.ndarray]:
        for name in inputs:
            if name not in self.inputs:
                raise AipuError(f"no input '{name}'", remedy=nearest(name, self.inputs))
        arrays: list[np.ndarray] = []
        for name, info in self.inputs.items():
            if name not in inputs:
                raise AipuError(f"the input '{name}' is missing")
            arrays.append(_checked(name, inputs[name], info, whole_batches))
        if len({len(array) // self._own(i) for i, array in enumerate(arrays)}) > 1:
            raise AipuError("the inputs have different numbers of batches")
        return arrays

    def _own(self, number: int) -> int:
        """The extent of the network's own batch in an input."""
        return list(self.inputs.values())[number].shape[0]

    def _batches(self, arrays: Sequence[np.ndarray]) -> Iterator[list[np.ndarray]]:
        for batch in range(len(arrays[0]) // self._own(0)):
            yield [
                array[batch * own : (batch + 1) * own]
                for array, own in (
                    (array, self._own(number)) for number, array in enumerate(arrays)
                )
            ]


def _checked(
    name: str, array: np.ndarray, info: TensorInfo, whole_batches: bool
) -> np.ndarray:
    """An input in the type and of the shape that the network takes."""
    array = np.asarray(array)
    if array.dtype.kind not in "bfiu":
        raise AipuError(
            f"expected numbers, found {array.dtype}", place=f"input '{name}'"
        )
    fits = array.shape == info.shape
    if whole_batches and array.ndim == len(info.shape) and array.ndim:
        behind = array.shape[1:] == info.shape[1:]
        fits = behind and len(array) > 0 and len(array) % info.shape[0] == 0
    if not fits:
        more = ", or several of them" if whole_batches else ""
        raise AipuError(
            f"expected shape {list(info.shape)}{more}, found {list(array.shape)}",
            place=f"input '{name}'",
        )
    return array.astype(info.dtype, copy=False)
