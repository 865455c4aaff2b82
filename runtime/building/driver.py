"""Building a package: a model goes down the levels, and out comes a binary.

Every step is a pipeline that `aipu-opt` also runs, and says so: the package lists the
commands that make each level from the one before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import join

import numpy as np
import onnx
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute

from ...backend_aipu.binary import write_binary
from ...backend_aipu.codegen import to_program
from ...backend_aipu.machine import load_machine
from ...dialects.aipu import Space
from ...dialects.semantics.real.onnx_node import kind_of
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ...extend.guards import OfUsers
from ...frontends.formats import importer
from ...frontends.model import ImportedModel
from ...frontends.onnx.importer import import_onnx
from ...frontends.preprocessing import Image
from ...frontends.pytorch.module import ExportedProgram, Module, import_module_in_memory
from ...passes.authoring.context import AipuContext
from ...passes.authoring.functions import input_name, main_function, output_name
from ...passes.lowering.memory_check import check_feature_maps
from ...passes.quantising.calibration.network_input import network_inputs
from ...passes.quantising.calibration.samples import (
    Samples,
    prepared,
    read_samples,
    single,
)
from ...passes.quantising.placement.pins import NO_PINS, Pins
from ...passes.registry import PASSES
from ...passes.running.pipeline import build_pipeline, run_pipeline
from ...passes.scheduling.strategies.decide import check_known
from ...passes.scheduling.strategies.goal import LATENCY, Goal
from ...passes.scheduling.strategies.strategy import DEFAULT
from ..accuracy import Accuracy
from ..answers.asked import MeaningAsked, meaning
from ..manifest import FORMAT, Manifest, TensorInfo, frames_at_once
from ..preprocessing.in_network import put_in_front
from ..preprocessing.record import preprocessing
from .accuracy.doubts import doubts
from .accuracy.measure import compared
from .kept_samples import kept
from .levels import AIPU, FILES, FLOAT, PREPARED, QUANTISED, TILE, Levels
from .measuring import simulated_cost
from .package import Package
from .recipe import Pipelines, level_lines, pipelines
from .settled import refuse_settled
from .text_level import is_text, read_levels
from .used_extensions import used_extensions
from .used_weights import used_weights
from .verify import program_of

GIVEN = "model"
"""The calibration of a text that is no longer of reals alone."""
AS_WRITTEN = "as written"
"""The strategy of a text that has schedules."""

Calibration = np.ndarray | Mapping[str, np.ndarray] | Path | str | None
Model = str | Path | onnx.ModelProto | Module | ExportedProgram


@dataclass(frozen=True)
class Options:
    """What a build was asked for; `aipu build --help` says what each means."""

    target: str = "r329"
    strategy: str | None = None
    """Who decides what runs when; `dp` by default, unless a text has decided."""
    goal: Goal = LATENCY
    """What the strategy is asked for."""
    batch: int | None = None
    calibration: Calibration = None
    shapes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    fixed: Mapping[str, np.ndarray] = field(default_factory=dict)
    random_weights: int | None = None
    weights: Path | None = None
    example_inputs: object = ()
    image: Image | None = None
    fold_image: bool = False
    asked: MeaningAsked | None = None
    keep_samples: bool = True
    quantise: Mapping[str, str] = field(default_factory=dict)
    """Options of the pipeline `quantise`, as `aipu-opt` takes them."""
    pins: Pins = NO_PINS
    after: Mapping[str, str] = field(default_factory=dict)
    """By level, a pipeline of further passes that run when it is reached."""


class Build:
    """A model on its way down the levels, one at a time.

    module: the network at the level that was reached last; what is changed here
    goes on to the next.
    """

    def __init__(self, model: Model, options: Options):
        """Import the model.

        Raises:
            AipuError: the model or an option is not as it should be.
        """
        self.machine = load_machine(options.target)
        with OfUsers(f"the strategy '{options.strategy}'"):
            check_known(options.strategy or DEFAULT)
        self.options = options
        self.imported, self.modules = _import(model, options)
        settings = {**options.quantise, **options.pins.options()}
        asked = ["strategy"] if options.strategy else [*options.goal.options()]
        refuse_settled(self.modules, asked, settings)
        self.module = self.imported.module
        self.image = options.image
        if options.fold_image:
            self.image = self.fold_image()
        samples = _samples(options.calibration, self.module)
        self.context = AipuContext(self.imported.weights, samples)
        self.context.measure = simulated_cost
        self.pipelines = _pipelines(options)
        self.given = frozenset(self.modules)
        if self.given:
            self.context.calibration = GIVEN
            self.change_given()
        self.accuracy: Accuracy | None = None

    def change_given(self) -> None:
        """Run the further passes at the level of a text.

        Raises:
            AipuError: there are some for a level above it.
        """
        *above, last = self.modules
        for level in above:
            if level in self.options.after:
                raise AipuError(
                    f"no passes run at the level '{level}': the text is of '{last}'",
                    place=f"--after {level}",
                )
        if last in self.options.after:
            pipeline = build_pipeline(self.options.after[last], PASSES)
            run_pipeline(pipeline, self.modules[last], self.context)
            if last != AIPU:
                self.module = self.modules[last].clone()

    def fold_image(self) -> Image:
        """Let the network scale its images; return what is left to prepare.

        Raises:
            AipuError: nothing says how, or no input takes images.
        """
        if self.options.image is None:
            raise AipuError(
                "nothing says how images are scaled",
                place="--fold-image",
                remedy="say it: --mean, --scale",
            )
        inputs, _ = _tensors(main_function(self.module))
        found = self.imported.preprocessing
        for name, record in preprocessing(found, self.options.image, inputs).items():
            if name not in found and isinstance(record, Image):
                weights = self.imported.weights
                return put_in_front(self.module, weights, name, record)
        raise AipuError("no input takes images", place="--fold-image")

    def reach(self, level: str) -> None:
        """Go down to a level, by all that come before it.

        Raises:
            AipuError: the calibration data is not as it should be, or the network
                does not fit the machine.
        """
        for each in FILES:
            if each not in self.modules:
                self.take(each)
            if each == level:
                return

    def take(self, level: str) -> None:
        """Go down by one level."""
        if level == PREPARED:
            check_feature_maps(main_function(self.module), self.machine)
        pipeline = build_pipeline(self.pipelines[level], PASSES)
        run_pipeline(pipeline, self.module, self.context)
        self.modules[level] = self.module.clone()
        if level == QUANTISED and self.context.samples is not None:
            self.accuracy = self.compare(self.context.samples)

    def compare(self, samples: Samples) -> Accuracy:
        """How far integers are from reals; what is lost becomes a warning."""
        inputs = network_inputs(main_function(self.modules[FLOAT]))
        comparison = compared(
            self.modules[PREPARED],
            self.modules[QUANTISED],
            self.context.weights,
            prepared(samples, inputs),
            self.batch,
        )
        for line in doubts(comparison):
            self.context.warnings.add(line)
        return comparison.figures()

    @property
    def batch(self) -> int:
        """How many frames the network takes at once."""
        tensors = _tensors(main_function(self.modules[FLOAT]))
        return self.options.batch or frames_at_once(*tensors)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know of the model, and of what came of it so far."""
        return self.imported.warnings + self.context.warnings.lines()

    def again(self, strategy: str, goal: Goal, target: str | None = None) -> "Build":
        """The same network, quantised once, to be scheduled in another way; perhaps
        for a machine of the same operators and another speed.
        """
        self.reach(QUANTISED)
        other = copy(self)
        target = target or self.options.target
        other.options = replace(
            self.options, strategy=strategy, goal=goal, target=target
        )
        other.machine = load_machine(target)
        other.pipelines = _pipelines(other.options)
        above = (FLOAT, PREPARED, QUANTISED)
        other.modules = {level: self.modules[level] for level in above}
        other.module = self.modules[QUANTISED].clone()
        other.context = self.context.clone()
        return other

    def package(self) -> Package:
        """The package, when all levels were reached."""
        inputs, outputs = _tensors(main_function(self.modules[FLOAT]))
        manifest = Manifest(
            format=FORMAT,
            name=self.imported.name,
            target=self.machine.name,
            machine=self.machine,
            strategy=AS_WRITTEN
            if TILE in self.given
            else _portable(self.options).strategy or DEFAULT,
            goal=self.options.goal,
            batch=self.batch,
            weights=self.imported.weights_source,
            calibration=self.context.calibration,
            inputs=inputs,
            outputs=outputs,
            pipelines={
                FILES[level]: pipeline
                for level, pipeline in _told_pipelines(_portable(self.options)).items()
                if level not in self.given
            },
            preprocessing=preprocessing(
                self.imported.preprocessing, self.image, inputs
            ),
            warnings=list(self.warnings),
            accuracy=self.accuracy,
            meaning=meaning(self.options.asked, outputs),
            extensions=used_extensions(self.modules.values()),
        )
        binary = _binary(self.modules[AIPU], self.context.weights)
        weights = used_weights(self.modules.values(), self.context.weights)
        return Package(
            manifest, Levels(self.modules), weights, binary, self.kept_samples()
        )

    def kept_samples(self) -> Samples:
        """What the package keeps of the calibration data."""
        if self.context.samples is None or not self.options.keep_samples:
            return {}
        inputs = network_inputs(main_function(self.modules[FLOAT]))
        return kept(prepared(self.context.samples, inputs), inputs)


def build(model: Model, options: Options) -> Package:
    """Build a model.

    Raises:
        AipuError: the model, an option or the calibration data is not as it should be,
            or the network does not fit the machine.
    """
    steps = Build(model, options)
    steps.reach(AIPU)
    return steps.package()


def _import(
    model: Model, options: Options
) -> tuple[ImportedModel, dict[str, ModuleOp]]:
    """A model as a network, and the levels that are there with a text."""
    asked = {
        "shapes": options.shapes,
        "batch": options.batch,
        "inputs": options.inputs,
        "outputs": options.outputs,
        "random_weights": options.random_weights,
        "fixed": options.fixed,
    }
    if isinstance(model, onnx.ModelProto):
        return import_onnx(model, **asked), {}
    if not isinstance(model, str | Path):
        return import_module_in_memory(model, options.example_inputs, **asked), {}
    path = Path(model)
    if is_text(path):
        return read_levels(path, weights=options.weights, **asked)
    return importer(path, options.weights)(path, **asked), {}


def _pipelines(options: Options) -> Pipelines:
    """The pipelines of a build; its samples are in the context."""
    settings = {**options.quantise, **options.pins.options()}
    strategy = options.strategy or DEFAULT
    usual = pipelines(options.target, strategy, options.goal, settings)
    return {
        level: ",".join(filter(None, (text, options.after.get(level))))
        for level, text in usual.items()
    }


def _told_pipelines(options: Options) -> Pipelines:
    """The pipelines of a build for a person: with the file of the samples, if any."""
    data = options.calibration
    if not isinstance(data, str | Path):
        return _pipelines(options)
    settings = {**options.quantise, "data": str(data)}
    return _pipelines(replace(options, quantise=settings))


def _portable(options: Options) -> Options:
    """The same without folders of this computer: of absolute paths their names."""
    paths = ("calibration", "target", "strategy")
    words = {key: getattr(options, key) for key in paths}
    named = {key: Path(each).name for key, each in words.items() if _is_absolute(each)}
    return replace(options, **named)


def _is_absolute(word: object) -> bool:
    return isinstance(word, str | Path) and Path(word).is_absolute()


def built_by(
    command: Sequence[str], options: Options, folder: Path, made: Iterable[str]
) -> Iterator[str]:
    """The lines that build a package again, typed where it was built.

    Args:
        command: the words that were typed.
        options: what they ask for.
        folder: the package.
        made: the files of the levels that passes have made, not the model itself.
    """
    yield join(command)
    levels = [level for level, file in FILES.items() if file in made]
    first = next((level for level in levels if level != FLOAT), None)
    if first is not None:
        yield from level_lines(_told_pipelines(options), folder, first)


def _samples(calibration: Calibration, module: ModuleOp) -> Samples | None:
    """Calibration data, prepared for the inputs of a network; None if there is none."""
    if calibration is None:
        return None
    inputs = network_inputs(main_function(module))
    if isinstance(calibration, np.ndarray):
        calibration = single(calibration, inputs, "the calibration data")
    elif not isinstance(calibration, Mapping):
        calibration = read_samples(Path(calibration), inputs)
    return prepared(calibration, inputs)


def _binary(module: ModuleOp, weights: WeightStore) -> bytes:
    program = to_program(program_of(module))
    used = {b.name for b in program.buffers if b.space is Space.WEIGHTS}
    return write_binary(program, {name: weights[name] for name in used})


def _tensors(function: FuncOp) -> tuple[dict[str, TensorInfo], dict[str, TensorInfo]]:
    """The inputs and outputs of a network by name."""
    inputs = {input_name(argument): _info(argument.type) for argument in function.args}
    types = function.function_type.outputs
    names = [output_name(function, number) for number in range(len(types))]
    return inputs, dict(zip(names, map(_info, types), strict=True))


def _info(type: Attribute) -> TensorInfo:
    assert isinstance(type, TensorType)
    return TensorInfo(type.get_shape(), kind_of(type.element_type).name)
