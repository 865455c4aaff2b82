"""`aipubuild NET.cfg`, stage by stage."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import BlockArgument, SSAValue

from ...dialects import nn
from ...dialects.locations import source_name
from ...errors import AipuError
from ...frontends.cut_names import UnknownNameError
from ...frontends.zhouyi_ir.layer_types import layer_type
from ...passes.authoring.functions import input_name, main_function, output_name
from ...passes.authoring.ranges import write_method
from ...passes.authoring.segments import machine_functions
from ...passes.quantising.calibration.network_input import Input, network_inputs
from ..building.driver import Build, Options
from ..building.levels import AIPU, FLOAT, QUANTISED, TILE
from ..building.package import Package
from ..figures.graph_json import graph_json
from ..figures.profile_data import profile_data
from ..files import write_file
from .board import board_lines
from .boundary import inputs_of, outputs_of
from .cfg_file import CfgFile, read_cfg
from .cfg_words import for_cfg, in_cfg_words
from .findings import show_findings
from .ir_files import ir_files
from .log import Log
from .memory_table import memory_lines
from .overrides import Overrides
from .places import binary_file, make_ready, package_folder
from .raw_tensors import read_input, write_output
from .samples import Samples, read_turned
from .score import score_lines
from .settings import Settings, log_file, settings
from .statistic_files import statistic_files


def aipubuild(cfg: Path, log: Log) -> Package:
    """Do what a cfg says; all files are written where it says, the log in any case.

    Raises:
        AipuError: the cfg, the model or the data is not as it should be; the log has
            the message.
    """
    file: Path | None = None
    try:
        read = read_cfg(cfg)
        file = log_file(read)
        return carried_out(read, log)
    except AipuError as error:
        log.error(str(error))
        raise
    finally:
        log.end()
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_file(file, "\n".join([*log.lines, ""]).encode())


def carried_out(cfg: CfgFile, log: Log) -> Package:
    """The build of a cfg.

    Raises:
        AipuError: as `aipubuild`, in the words of a cfg.
    """
    # A misspelt key may be why the settings are not as they should be.
    log.remarks(cfg.remarks)
    wanted, remarks = settings(cfg)
    log.remarks(remarks)
    make_ready(wanted)
    try:
        return Building(wanted, log).run()
    except UnknownNameError as error:
        key = "input" if error.name in wanted.shapes else "output"
        raise for_cfg(error, wanted.places.get(key, "")) from None
    except AipuError as error:
        raise for_cfg(error) from None


class Building:
    """One build of one cfg."""

    def __init__(self, wanted: Settings, log: Log):
        self.wanted = wanted
        self.log = log
        self.warned = 0
        self.strange_layers = 0

    def run(self) -> Package:
        build = self.parsed()
        self.quantise(build)
        build.reach(TILE)
        build.reach(AIPU)
        package = build.package()
        self.show_memory(package)
        files = self.written(package)
        if self.wanted.mode == "run":
            files += self.simulated(package)
        self.score(package)
        show_findings(package, package_folder(self.wanted), files, self.log)
        for line in board_lines(self.wanted, self.strange_layers):
            self.log.info(line)
        return package

    def parsed(self) -> Build:
        """The float network."""
        wanted, log = self.wanted, self.log
        log.info("Parsing model....")
        log.info(f"[Parser]: Begin to parse {wanted.kind} model {wanted.name}...")
        options = Options(
            weights=wanted.weights,
            target=wanted.target.machine,
            shapes={name: shape for name, shape in wanted.shapes.items() if shape},
            inputs=list(wanted.shapes),
            outputs=wanted.outputs_of_model,
            random_weights=0 if wanted.random_weights else None,
            quantise={"symmetric-inputs": "true"},
        )
        build = Build(wanted.model, options)
        build.reach(FLOAT)
        self.show_warnings(build)
        log.info("[Parser]: Parser done!")
        return build

    def quantise(self, build: Build) -> None:
        """From reals to integers."""
        wanted, log = self.wanted, self.log
        log.info("Quantizing model....")
        method = wanted.activations.value
        log.info(
            f"AQT start: model_name:{wanted.name}, calibration_method:{method}, "
            "batch_size:1"
        )
        if wanted.calibration is not None:
            inputs = network_inputs(main_function(build.module))
            build.context.samples = self.samples(wanted.calibration, inputs)
        choose_methods(build.module, wanted.activations)
        layers = output_layers(build.module)
        build.reach(QUANTISED)
        self.show_warnings(build)
        if not list(machine_functions(build.module)):
            log.warning(
                "the machine runs nothing of this network, all of it is for the host: "
                f"`aipu inspect {wanted.model.name}` shows why"
            )
        log.info("step1: get max/min statistic value DONE")
        log.info("step2: quantization each op DONE")
        log.info("step3: build quantization forward DONE")
        log.info("step4: show output scale of end node:")
        for name, raw in outputs_of(build.module).items():
            scale = str(raw).removeprefix("int8, ")
            log.info(f"layer_id: {layers[name]}, layer_top:{name}, {scale}")

    def samples(self, path: Path, inputs: Sequence[Input]) -> Samples:
        """The arrays of a file, as the network takes them."""
        reverses = self.wanted.reverses_channels
        return read_turned(path, inputs, self.log, reverses_channels=reverses)

    def score(self, package: Package) -> None:
        """Say how often the network is right, if that was asked for."""
        wanted = self.wanted.scoring
        if wanted is None:
            return
        inputs = network_inputs(main_function(package.levels[FLOAT]))
        try:
            samples = self.samples(wanted.data, inputs)
            for line in score_lines(package, wanted, samples):
                self.log.info(f"score: {line}")
        except AipuError as error:
            self.log.warning(f"no score: {error}")

    def show_warnings(self, build: Build) -> None:
        """What a user should know of the model or the data, once each."""
        for warning in build.warnings[self.warned :]:
            self.log.warning(in_cfg_words(warning))
        self.warned = len(build.warnings)

    def show_memory(self, package: Package) -> None:
        """What the binary takes of the board's memory, section by section."""
        machine, log = package.machine, self.log
        log.info(
            f"BuildTool version: aipu {version('aipu-compiler')}. Build for target "
            f"{self.wanted.target.name} at frequency {machine.clock_hz // 10**6}MHz"
        )
        for line in memory_lines(package):
            log.info(line)

    def written(self, package: Package) -> list[Path]:
        """Write what a build leaves behind; return the files."""
        wanted = self.wanted
        folder = wanted.output_dir
        files = {
            binary_file(wanted): package.binary,
            folder / "graph.json": graph_json(
                wanted.name, wanted.target.name, package.profile
            ),
        }
        texts, warnings = ir_files(package, wanted)
        for warning in warnings:
            self.log.warning(warning)
        self.strange_layers = len(warnings)
        files |= texts | statistic_files(package, wanted)
        if wanted.profile:
            files[folder / "profile_data.bin"] = profile_data(package.profile)
        for path, data in files.items():
            write_file(path, data)
        package.save(package_folder(wanted))
        return list(files)

    def simulated(self, package: Package) -> list[Path]:
        """Run the binary on the files of the cfg; return the outputs' files."""
        wanted, log = self.wanted, self.log
        inputs = self.inputs(package)
        log.write("AIPU START RUNNING: BIN[0]")
        start = perf_counter()
        outputs = package.run(inputs).outputs
        log.write(f"TOTAL TIME: {perf_counter() - start:.6f}s.")
        log.write("Simulator finished.")
        raw = outputs_of(package.levels[QUANTISED])
        if len(wanted.outputs) not in (0, len(outputs)):
            raise AipuError(
                f"{len(outputs)} outputs of the network ({', '.join(outputs)}) and "
                f"{len(wanted.outputs)} files for them in 'outputs'"
            )
        for path, (name, array) in zip(wanted.outputs, outputs.items(), strict=False):
            write_output(path, array, raw[name])
            log.info(f"output {name}: {path}, {raw[name]}")
        return list(wanted.outputs)

    def inputs(self, package: Package) -> dict[str, np.ndarray]:
        """The inputs of the network, from raw files; noise where there are none."""
        wanted, log = self.wanted, self.log
        if not wanted.inputs:
            log.warning("no inputs: the network runs on noise")
            return package.noise()
        if len(wanted.inputs) != len(package.inputs):
            raise AipuError(
                f"{len(package.inputs)} inputs of the network "
                f"({', '.join(package.inputs)}) and {len(wanted.inputs)} files for "
                "them in 'inputs'"
            )
        raw = inputs_of(package.levels[QUANTISED])
        arrays: dict[str, np.ndarray] = {}
        for path, (name, info) in zip(
            wanted.inputs, package.inputs.items(), strict=True
        ):
            log.info(f"input {name}: {path}, {raw[name]}")
            arrays[name] = read_input(
                path,
                info.shape,
                raw[name],
                channels_first=wanted.channels_first,
            )
        return arrays


def choose_methods(module: ModuleOp, methods: Overrides) -> None:
    """Mark each operator with the method that chooses the range of its result."""
    for value, number in layer_numbers(module).items():
        if isinstance(value, BlockArgument):
            method = methods.of(number, "Input", input_name(value))
        else:
            op = value.owner
            assert isinstance(op, nn.Operator)
            method = methods.of(number, layer_type(op), source_name(op))
        write_method(value, method)


def layer_numbers(module: ModuleOp) -> dict[SSAValue, int]:
    """The `layer_id` of what makes each tensor: first the inputs, then operators."""
    main = main_function(module)
    operators = [op.ofm for op in main.body.block.ops if isinstance(op, nn.Operator)]
    return {value: number for number, value in enumerate([*main.args, *operators])}


def output_layers(module: ModuleOp) -> dict[str, int]:
    """The `layer_id` of what makes each output, -1 for a constant."""
    main, numbers = main_function(module), layer_numbers(module)
    returned = main.get_return_op()
    values = returned.operands if returned is not None else ()
    return {
        output_name(main, position): numbers.get(value, -1)
        for position, value in enumerate(values)
    }
