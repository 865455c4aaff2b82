"""A package: a network built for a machine, ready to run, to check and to keep.

A folder holds it:

    aipu.bin        the binary
    package.json    what was built: the manifest
    model.mlir      the quantised network and its segments
    weights.npz     the weights of all levels
    samples.npz     a few calibration samples, to run and to check it with
    report.json     where the time goes
    levels/         the network at the other levels
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from ...backend_aipu.binary import read_binary
from ...backend_aipu.machine import Machine
from ...dialects.semantics.engines import NUMPY
from ...dialects.semantics.engines import host_engine as host_engine_of
from ...dialects.semantics.evaluate import Call, evaluate
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError, nearest
from ...passes.authoring.functions import main_function
from ...passes.quantising.calibration.network_input import (
    Input,
    elements,
    network_inputs,
)
from ...passes.quantising.calibration.noise import drawn
from ...passes.quantising.calibration.samples import Samples
from ..answers.answering import Answers, answers
from ..figures.summary import Report, summary
from ..files import FolderKind, read_file, whole_folder
from ..manifest import Manifest, TensorInfo, decode, encode
from ..simulator.profile import NetworkProfile
from ..simulator.simulator import Simulator
from . import kept_samples
from .engine_check import Agreement, agreements
from .kept_samples import SAMPLES
from .levels import FILES, FLOAT, QUANTISED, TILE, Levels
from .session import host_calls, machine_calls
from .streaming import streamed
from .unlike_samples import unlike_samples
from .used_extensions import check_loaded
from .verify import Row, verify

BINARY = "aipu.bin"
MANIFEST = "package.json"
WEIGHTS = "weights.npz"
REPORT = "report.json"
PACKAGE_FOLDER = FolderKind(
    MANIFEST,
    frozenset({BINARY, MANIFEST, WEIGHTS, SAMPLES, REPORT, *FILES.values()}),
)
"""What the folder of a package holds."""

NOISE_RUNS = 2
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
        samples: Samples | None = None,
    ):
        """
        Args:
            manifest: what was built.
            levels: the network at every level.
            weights: of all levels.
            binary: the program, and its weights.
            samples: calibration samples to run and to check it with, if any.
        """
        self.manifest = manifest
        self.levels = levels
        self.weights = weights
        self.binary = binary
        self.samples = samples or {}
        self._prepared: dict[str, Mapping[str, Call]] = {}

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
            AipuError: it holds none, or a damaged one; or it has operators of an
                extension that is not loaded.
        """
        path = folder / MANIFEST
        if not path.is_file():
            raise AipuError(
                f"no package here: {MANIFEST} is missing",
                place=str(folder),
                remedy="aipu build MODEL -o DIR makes one",
            )
        manifest = decode(read_file(path), str(path))
        check_loaded(manifest.extensions, str(folder))
        return cls(
            manifest,
            Levels({}, folder),
            WeightStore.load(folder / WEIGHTS),
            read_file(folder / BINARY),
            kept_samples.load(folder),
        )

    def save(self, folder: Path | str, *, force: bool = False) -> None:
        """Keep the package in a folder, whole or not at all.

        Args:
            folder: a new one, or one of an older package, which is replaced.
            force: whether other files in that are deleted.

        Raises:
            AipuError: it cannot be written there.
        """
        texts = self.levels.texts()
        report = msgspec.json.format(msgspec.json.encode(self.report), indent=2)
        with whole_folder(Path(folder), PACKAGE_FOLDER, force=force) as beside:
            for file, text in texts.items():
                (beside / file).parent.mkdir(exist_ok=True)
                (beside / file).write_text(text, encoding="utf-8")
            self.weights.save(beside / WEIGHTS)
            if self.samples:
                WeightStore(self.samples).save(beside / SAMPLES)
            (beside / BINARY).write_bytes(self.binary)
            (beside / MANIFEST).write_bytes(encode(self.manifest))
            (beside / REPORT).write_bytes(report + b"\n")

    @cached_property
    def report(self) -> Report:
        """What `report.json` holds."""
        scheduled = self.levels[TILE]
        program = self.simulator.program
        return summary(self.manifest, scheduled, program, self.profile)

    def run(self, inputs: Arrays, host_engine: str = NUMPY) -> Result:
        """Run the binary on the simulator, and the host's segments around it.

        Args:
            inputs: one array an input, of its shape.
            host_engine: who computes the host's segments: numpy, onnxruntime, ncnn,
                or one of an extension.

        Raises:
            AipuError: an input is missing, unknown, or of the wrong shape or type; or
                there is no such engine.
        """
        calls = {**self._host(host_engine), **self._machine}
        return self._result(self._run(self._one_batch(inputs), calls))

    def stream(
        self, frames: Iterable[Arrays], host_engine: str = NUMPY
    ) -> Iterator[Result]:
        """Run many frames, both sides at once: each works on a frame of its own.

        Values, and their order, are those of `run` on one frame after another.

        Args:
            frames: of each one array an input, of its shape; a few are taken ahead.
            host_engine: who computes the host's segments.

        Raises:
            AipuError: as `run`, when it comes to that frame.
        """
        host = self._host(host_engine)
        arrays = map(self._one_batch, frames)
        yield from map(self._result, streamed(arrays, self._run, host, self._machine))

    def _run(
        self, arrays: Sequence[np.ndarray], calls: Mapping[str, Call]
    ) -> list[np.ndarray]:
        main = main_function(self.levels[QUANTISED])
        return evaluate(main, arrays, self.weights, calls=calls)

    def _result(self, results: Sequence[np.ndarray]) -> Result:
        return Result(dict(zip(self.outputs, results, strict=True)), self.profile)

    @cached_property
    def _machine(self) -> Mapping[str, Call]:
        """What carries out calls of the machine's segments."""
        return machine_calls(self.levels[QUANTISED], self.simulator)

    def _host(self, engine: str) -> Mapping[str, Call]:
        """What carries out calls of the host's segments; prepared once."""
        if engine not in self._prepared:
            module, made = self.levels[QUANTISED], host_engine_of(engine)
            self._prepared[engine] = host_calls(module, self.weights, made)
        return self._prepared[engine]

    def answers(self, outputs: Arrays) -> Answers:
        """What outputs mean: of each frame classes, or objects, the best first.

        Empty where nothing was said of it when the package was built.
        """
        known = self.manifest.meaning
        return [] if known is None else answers(known, outputs)

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
            evaluate(main, batch, self.weights) for batch in self._batches(inputs)
        ]
        return {
            name: joined([results[number] for results in batches])
            for number, name in enumerate(self.outputs)
        }

    def verify(self, inputs: Arrays | None = None) -> list[Row]:
        """Compare every layer at every level.

        Args:
            inputs: arrays with any number of the network's batches in front; without,
                the package's own samples, or noise where it has none.
        """
        runs = self.own_runs() if inputs is None else [inputs]
        samples = [batch for run in runs for batch in self._batches(run)]
        return verify(self.levels, self.weights, self.simulator, samples)

    def verify_host(
        self, host_engine: str, inputs: Arrays | None = None
    ) -> list[Agreement]:
        """Compare what an engine makes of the host's segments with numpy.

        Args:
            host_engine: its name.
            inputs: as of `verify`.
        """
        runs = self.own_runs() if inputs is None else [inputs]
        samples = [batch for run in runs for batch in self._batches(run)]
        return agreements(
            self.levels[QUANTISED],
            self.weights,
            self.simulator,
            host_engine_of(host_engine),
            samples,
        )

    def unlike_samples(self, inputs: Arrays) -> list[str]:
        """Warnings of inputs that are unlike the calibration samples; none of noise."""
        if self.manifest.calibration != "data":
            return []
        return [*unlike_samples(main_function(self.levels[QUANTISED]), inputs)]

    def own_runs(self) -> list[dict[str, np.ndarray]]:
        """What it runs on by itself: its samples batch by batch, or else noise."""
        if not self.samples:
            return [self.noise(seed) for seed in range(NOISE_RUNS)]
        return list(kept_samples.runs(self.samples, self._taken))

    @property
    def own_inputs(self) -> str:
        """What `own_runs` are, in words."""
        if not self.samples:
            return f"{NOISE_RUNS} draws of noise, always the same"
        count = kept_samples.frames_in(self.samples, self._taken, self.manifest.batch)
        return f"{count} calibration sample{'s' * (count != 1)} of the package"

    def noise(self, seed: int = 0) -> dict[str, np.ndarray]:
        """Noise for every input, the same for the same seed."""
        generator = np.random.default_rng(seed)
        inputs = network_inputs(main_function(self.levels[FLOAT]))
        return {
            each.name: np.asarray(drawn(each, each.shape, generator), each.dtype)
            for each in inputs
        }

    @cached_property
    def _taken(self) -> list[Input]:
        """What the network takes."""
        return network_inputs(main_function(self.levels[QUANTISED]))

    def _one_batch(self, inputs: Arrays) -> list[np.ndarray]:
        """The inputs in order, each of its shape and type."""
        arrays = self._elements(inputs)
        for each, array in zip(self._taken, arrays, strict=True):
            if array.shape != each.shape:
                raise _wrong_shape(each, array)
        return arrays

    def _batches(self, inputs: Arrays) -> Iterator[list[np.ndarray]]:
        """The inputs in order, one of the network's batches at a time."""
        arrays = [
            _apart(each, array)
            for each, array in zip(self._taken, self._elements(inputs), strict=True)
        ]
        if len(set(map(len, arrays))) > 1:
            raise AipuError("the inputs have different numbers of batches")
        yield from map(list, zip(*arrays, strict=True))

    def _elements(self, inputs: Arrays) -> list[np.ndarray]:
        """The inputs in order, each of its type."""
        for name in inputs:
            if name not in self.inputs:
                raise AipuError(f"no input '{name}'", remedy=nearest(name, self.inputs))
        for name in self.inputs:
            if name not in inputs:
                raise AipuError(f"the input '{name}' is missing")
        return [
            elements(
                np.asarray(inputs[each.name]), each, f"input '{each.name}'"
            ).astype(each.dtype, copy=False)
            for each in self._taken
        ]


def joined(results: Sequence[np.ndarray]) -> np.ndarray:
    """An output of many batches: one after another; scalars as a vector."""
    if len(results) == 1:
        return results[0]
    return np.concatenate([np.atleast_1d(each) for each in results])


def _as_taken(array: np.ndarray, each: Input) -> np.ndarray:
    """An input of the type that the network computes with."""
    found = elements(array, each, f"input '{each.name}'")
    return found.astype(each.dtype, copy=False)


def _apart(each: Input, array: np.ndarray) -> np.ndarray:
    """An input with an axis of batches in front."""
    rank = len(each.shape)
    along = array.ndim == rank > 0 and array.shape[1:] == each.shape[1:]
    if along and len(array) and len(array) % each.shape[0] == 0:
        return array.reshape(-1, *each.shape)
    if array.shape == each.shape:
        return array[np.newaxis]
    if array.ndim == rank + 1 and array.shape[1:] == each.shape and len(array):
        return array
    raise _wrong_shape(each, array, ", or several of them")


def _wrong_shape(each: Input, array: np.ndarray, more: str = "") -> AipuError:
    return AipuError(
        f"expected shape {list(each.shape)}{more}, found {list(array.shape)}",
        place=f"input '{each.name}'",
    )
