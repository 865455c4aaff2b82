"""A model with samples and a target: what is drawn, held to the law, and kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.runtime.building.package import Package
from aipu.tests.fuzz import stripes
from aipu.tests.fuzz.graphs import elements, movement, patterns, reductions, windows
from aipu.tests.fuzz.graphs.law import built, judge
from aipu.tests.fuzz.graphs.sketch import (
    Sketch,
    TakenBackError,
    model_of,
    quiet_session,
)
from aipu.tests.fuzz.verdict import FaultError, Verdict

GROWTHS = (
    *elements.GROWTHS,
    *movement.GROWTHS,
    *windows.GROWTHS,
    *reductions.GROWTHS,
    *patterns.GROWTHS,
)
STRATEGIES = ("layerwise", "packed", "greedy", "dp", stripes.RANDOM_STRIPES)
TARGETS = ("r329", "r329-600mhz", "gemmini-16x16", "square-32x32", "tpu-256x256")


MOST_FAULTS = 50
"""After so many graphs that are not built, something else is wrong."""

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class GraphCase:
    """A model of ONNX, some samples of its inputs, what it is built for and how.

    samples: for every input an array [samples, ...]; the first sample is computed, the
    others calibrate.
    """

    model: onnx.ModelProto
    samples: Mapping[str, np.ndarray]
    target: str
    strategy: str = "layerwise"

    def verdict(self) -> Verdict:
        return judge(self.model, self.samples, self.target, self.strategy)

    def built(self) -> tuple[Package, Arrays]:
        """The package, and the first sample of its inputs."""
        return built(self.model, self.samples, self.target, self.strategy)

    def __len__(self) -> int:
        """Its nodes."""
        return len(self.model.graph.node)

    def part(self, kept: Sequence[int]) -> "GraphCase | None":
        """Some of the nodes; what the others gave them becomes inputs.

        None if one of these is no real number.
        """
        graph = self.model.graph
        nodes = [graph.node[index] for index in kept]
        made = {name for node in nodes for name in node.output}
        read = dict.fromkeys(name for node in nodes for name in node.input if name)
        stored = {tensor.name: tensor for tensor in graph.initializer}
        inputs = [name for name in read if name not in made and name not in stored]
        ends = [name for name in made if name not in read]
        samples = self._values(inputs)
        if any(array.dtype != np.float32 for array in samples.values()):
            return None
        return GraphCase(
            model_of(
                nodes,
                {name: array[0] for name, array in samples.items()},
                [name for node in nodes for name in node.output if name in ends],
                {
                    name: numpy_helper.to_array(stored[name])
                    for name in read
                    if name in stored
                },
                self.model.opset_import[0].version,
            ),
            samples,
            self.target,
            self.strategy,
        )

    def _values(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """The values of some tensors on all samples."""
        asked = [name for name in names if name not in self.samples]
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        del model.graph.output[:]
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in asked)
        found = {n: a for n, a in self.samples.items() if n in names}
        if asked:
            session = quiet_session(model)
            count = len(next(iter(self.samples.values())))
            runs = [
                session.run(asked, {n: a[k] for n, a in self.samples.items()})
                for k in range(count)
            ]
            columns = zip(*runs, strict=True)
            found |= {n: np.stack(c) for n, c in zip(asked, columns, strict=True)}
        return found

    def save(self, stem: Path) -> Path:
        """Keep it in two files; the one that `load` takes."""
        path = stem.with_suffix(".onnx")
        kept = onnx.ModelProto()
        kept.CopyFrom(self.model)
        onnx.helper.set_model_props(
            kept, {"target": self.target, "strategy": self.strategy}
        )
        path.write_bytes(kept.SerializeToString())
        WeightStore(dict(self.samples)).save(stem.with_suffix(".npz"))
        return path

    @classmethod
    def load(cls, path: Path) -> "GraphCase":
        model = onnx.load(path)
        samples = dict(WeightStore.load(path.with_suffix(".npz")).items())
        kept = {each.key: each.value for each in model.metadata_props}
        return cls(model, samples, kept["target"], kept["strategy"])

    @classmethod
    def draw(cls, seed: int, number: int) -> "GraphCase":
        """A graph of 10 to 25 operators for any target, by any strategy; every third of
        operators on rows alone.
        """
        random = np.random.default_rng([seed, number])
        target = TARGETS[random.integers(len(TARGETS))]
        sketch = Sketch(random)
        case = (
            on_rows(sketch, target)
            if number % 3 == 2
            else drawn(sketch, (10, 25), target)
        )
        return replace(case, strategy=str(random.choice(STRATEGIES)))


def on_rows(sketch: Sketch, target: str) -> GraphCase:
    """A small graph of what can run in stripes, nearly all of it."""
    stripes.begin(sketch)
    return grown(sketch, (2, 9), target, stripes.GROWTHS)


def drawn(sketch: Sketch, operators: tuple[int, int], target: str) -> GraphCase:
    """A graph of about so many operators, at least and at most."""
    begin(sketch)
    return grown(sketch, operators, target, GROWTHS)


def grown(
    sketch: Sketch,
    operators: tuple[int, int],
    target: str,
    growths: Sequence[Callable[[Sketch, str], str]],
) -> GraphCase:
    """What a sketch becomes that has an input."""
    wanted = sketch.integer(*operators)
    for _ in range(8 * wanted):
        if len(sketch.nodes) >= wanted:
            break
        reals = [
            name
            for name, arrays in sketch.values.items()
            if arrays[0].dtype == np.float32 and arrays[0].ndim
        ]
        try:
            with sketch.all_or_nothing():
                sketch.one_of(*growths)(sketch, sketch.one_of(*reals[-4:]))
        except TakenBackError:
            continue
    read = {name for node in sketch.nodes for name in node.input}
    made = [name for node in sketch.nodes for name in node.output]
    ends = [
        name
        for name in made
        if name not in read and sketch.values[name][0].dtype == np.float32
    ]
    inputs = {name: each for name, each in sketch.inputs.items() if name in read}
    model = model_of(
        sketch.nodes,
        {name: each[0] for name, each in inputs.items()},
        ends,
        {name: array for name, array in sketch.constants.items() if name in read},
        sketch.opset,
    )
    samples = {name: np.stack(each) for name, each in inputs.items()}
    return GraphCase(model, samples, target)


def first_built(draw: Callable[[], GraphCase]) -> tuple[Package, Arrays]:
    """The first graph that is built, and has work for the machine; its inputs.

    What is wrong with others the fuzz of graphs tells.
    """
    faults: list[Exception] = []
    while len(faults) < MOST_FAULTS:
        try:
            package, inputs = draw().built()
        except (AipuError, FaultError) as error:
            faults.append(error)
        else:
            if package.simulator.entries:
                return package, inputs
    raise faults[-1]


def begin(sketch: Sketch) -> None:
    """The first input: an image most of the time."""
    batch = sketch.one_of(1, 1, 1, 2, 3)
    extents = {
        2: [sketch.integer(1, 40)],
        3: [sketch.integer(1, 12) for _ in range(2)],
        4: [sketch.one_of(1, 2, 3, 3, 4, 5, 8), *(sketch.integer(1, 11) for _ in "yx")],
        5: [sketch.integer(1, 5) for _ in range(4)],
    }
    sketch.input((batch, *extents[sketch.one_of(2, 3, 3, 4, 4, 4, 4, 5)]))
