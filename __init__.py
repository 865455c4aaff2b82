"""An open compiler and simulator for the Zhouyi AIPU.

import aipu

package = aipu.compile("model.onnx", target="r329", calibration=images)
result = package.run({"input": image})
print(result.outputs, result.profile.cycles)
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import AipuError

if TYPE_CHECKING:
    from .backend_aipu.machine import Machine as Machine
    from .runtime.building.driver import Calibration, Model
    from .runtime.building.package import Package as Package
    from .runtime.building.package import Result as Result
    from .runtime.building.verify import Row as Row
    from .runtime.simulator.profile import NetworkProfile as Profile

    __version__: str

__all__ = [
    "AipuError",
    "Machine",
    "Package",
    "Profile",
    "Result",
    "Row",
    "compile",
    "load",
    "load_extension",
]

_PLACES = {
    "Machine": ("backend_aipu.machine", "Machine"),
    "Package": ("runtime.building.package", "Package"),
    "Profile": ("runtime.simulator.profile", "NetworkProfile"),
    "Result": ("runtime.building.package", "Result"),
    "Row": ("runtime.building.verify", "Row"),
}
"""Where the classes stand that are imported when they are first asked for."""


def __getattr__(name: str) -> object:
    from importlib import import_module, metadata

    if name == "__version__":
        return metadata.version("aipu-compiler")
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(f".{module}", __name__), attribute)


def compile(
    model: "Model",
    target: str = "r329",
    calibration: "Calibration" = None,
    strategy: str | None = None,
    batch: int | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    fix: Mapping[str, object] | None = None,
    random_weights: int | None = None,
    weights: str | Path | None = None,
    example_inputs: object = (),
    quantise: Mapping[str, str] | None = None,
    host: Sequence[str] = (),
    machine: Sequence[str] = (),
    keep_samples: bool = True,
    goal: str = "latency",
    budget: float | None = None,
    seed: int = 0,
    without: Sequence[str] = (),
    labels: str | Path | Sequence[str] | None = None,
    answer: Mapping[str, str] | None = None,
) -> "Package":
    """Build a model for a machine.

    Args:
        model: a model file, or a model in memory: an `onnx.ModelProto`, a
            `torch.nn.Module` or a `torch.export.ExportedProgram`.
        target: the name of a target, or a target file.
        calibration: samples to choose scales by: an array [samples, ...] for the only
            input, a mapping from inputs to arrays, or a file or folder of them; without
            any, noise is used, with a warning.
        strategy: who decides what runs when; default: `dp`, but for a text that has
            schedules.
        batch: how many frames run at once; by default as many as the model or `shapes`
            says, one if it is left open.
        shapes: the shape of an input whose extents the model leaves open.
        inputs: names of tensors to cut the network at; they become its inputs.
        outputs: names of tensors to cut the network at; they become its outputs.
        fix: values of inputs that are always the same: numbers or arrays.
        random_weights: a seed, for a model without weights.
        weights: the file of the weights, where the format keeps them in one of its own
            and it is not beside the model under the same name.
        example_inputs: what a `torch.nn.Module` is called with, a tensor or a tuple of
            them; only their shapes matter.
        quantise: options of the pipeline `quantise`, such as `{"method": "min-max"}`.
        host: patterns of operators to run on the host: names, names with `*` or `?`,
            `/regular expressions/`, `type:lrn`.
        machine: patterns of operators to run on the machine.
        keep_samples: whether some calibration samples stay in the package, to run and
            to verify it with.
        goal: what the strategy makes small: latency, throughput, dram, energy or sram.
        budget: the seconds that it may take; without any, as long as it likes.
        seed: where what it draws at random begins.
        without: ideas that it leaves out: stripes, residual, keep, ahead, joined,
            batch.
        labels: what the classes are called, class 0 first; or a file, a line each.
        answer: what outputs mean, as far as their shapes do not tell, as `aipu build`
            takes it: `{"kind": "boxes", "background": "true"}`.

    Raises:
        AipuError: something is not as it should be; the message says what.
    """
    from warnings import warn

    from numpy import asarray

    from .extend.loading import load_installed
    from .passes.quantising.placement.pins import Pins
    from .passes.scheduling.strategies.goal import Goal
    from .runtime.answers.asked import asked
    from .runtime.building.driver import Options, build
    from .runtime.report.caveats import said_of

    load_installed()
    package = build(
        model,
        Options(
            target=target,
            strategy=strategy,
            goal=Goal(goal, budget, seed, tuple(without)),
            batch=batch,
            calibration=calibration,
            shapes=shapes or {},
            inputs=inputs,
            outputs=outputs,
            fixed={name: asarray(value) for name, value in (fix or {}).items()},
            random_weights=random_weights,
            weights=None if weights is None else Path(weights),
            example_inputs=example_inputs,
            quantise=quantise or {},
            pins=Pins(host, machine),
            keep_samples=keep_samples,
            asked=asked(labels, answer or {}),
        ),
    )
    for caveat in said_of(package.manifest):
        warn(caveat, stacklevel=2)
    return package


def load(folder: str | Path) -> "Package":
    """The package that was saved in a folder.

    Raises:
        AipuError: there is none, a damaged one, or one that was built with an extension
            that is not loaded.
    """
    from .extend.loading import load_installed
    from .runtime.building.package import Package

    load_installed()
    return Package.load(Path(folder))


def load_extension(path: str | Path) -> None:
    """Add what a Python file of yours defines to the compiler, from now on.

    docs/extending.md shows what that may be: passes, operators, converters, strategies,
    targets.

    Raises:
        AipuError: there is no such file, it cannot be run, or it adds what exists.
    """
    from .extend.loading import load_extension

    load_extension(path)
