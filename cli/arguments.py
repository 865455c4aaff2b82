"""Kinds of arguments that several commands take."""

from collections.abc import Callable
from functools import wraps
from math import isfinite
from os import PathLike
from pathlib import Path

import click


class File(click.Path):
    """A file or folder; a pipe is none: reading it would wait, writing replace it."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self,
        value: str | PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        path = Path(value)
        try:
            is_pipe = path.is_fifo()
        except OSError as error:
            self.fail(f"{path}: {error.strerror}", param, ctx)
        if is_pipe:
            self.fail(f"{path}: expected a file or a folder, found a pipe", param, ctx)
        return path


FILE = File()


class InputShape(click.ParamType):
    """`NAME=1x3x224x224`: the shape of an input of a model, by its name."""

    name = "shape"

    def convert(
        self,
        value: str | tuple[str, tuple[int, ...]],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, tuple[int, ...]]:
        if isinstance(value, tuple):
            return value
        name, equals, extents = value.rpartition("=")
        numbers = extents.split("x")
        if not name or not equals or not all(n.isdecimal() for n in numbers):
            self.fail(f"expected NAME=1x3x224x224, found {value}", param, ctx)
        return name, tuple(map(int, numbers))


INPUT_SHAPE = InputShape()


class NamedFile(click.ParamType):
    """`NAME=X.npy`: a file for an input or output, by its name."""

    name = "named file"

    def convert(
        self,
        value: str | tuple[str, Path],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, Path]:
        if isinstance(value, tuple):
            return value
        name, equals, file = value.rpartition("=")
        if not (name and equals and file):
            self.fail(f"expected NAME=X.npy, found {value}", param, ctx)
        return name, FILE.convert(file, param, ctx)


NAMED_FILE = NamedFile()


class Setting(click.ParamType):
    """`NAME=VALUE`: an option of a pipeline."""

    name = "setting"

    def convert(
        self,
        value: str | tuple[str, str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, setting = value.partition("=")
        if not (name and equals and setting):
            self.fail(f"expected NAME=VALUE, found {value}", param, ctx)
        return name, setting


SETTING = Setting()


class Reals(click.ParamType):
    """`123.7,116.3,103.5`: a number for each channel, or one for all."""

    name = "reals"

    def convert(
        self,
        value: str | tuple[float, ...],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(map(float, value.split(",")))
        except ValueError:
            numbers = ()
        if not numbers or not all(map(isfinite, numbers)):
            self.fail(f"expected numbers as 1,2,3, found {value}", param, ctx)
        return numbers


REALS = Reals()


class Names(click.ParamType):
    """`stripes,joined`: names with commas between."""

    name = "names"

    def convert(
        self,
        value: str | tuple[str, ...],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(filter(None, value.split(",")))


NAMES = Names()

PACKAGE = click.argument("package", metavar="DIR", type=FILE)
"""The folder of a package."""

INPUTS = click.option(
    "--input",
    "inputs",
    metavar="NAME=X.npy",
    type=NAMED_FILE,
    multiple=True,
    help="The array of an input. May be repeated; default: the calibration samples of "
    "the package, or noise, always the same, where it has none.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")

TARGET = click.option(
    "--target",
    metavar="NAME|FILE.toml",
    default="r329",
    show_default=True,
    help="The machine; `aipu targets` lists them.",
)

OF_STRATEGIES = (
    click.option(
        "--strategy",
        metavar="NAME|FILE.py:NAME",
        help="Who decides what runs when; default: dp, but for a text that has "
        "schedules.",
    ),
    click.option(
        "--goal",
        metavar="GOAL",
        default="latency",
        show_default=True,
        help="What it makes small: latency, throughput, dram, energy or sram.",
    ),
    click.option(
        "--budget",
        metavar="SECONDS",
        type=float,
        help="How long it may take; default: as long as it likes.",
    ),
    click.option(
        "--seed",
        metavar="N",
        type=int,
        default=0,
        show_default=True,
        help="Where what it draws at random begins.",
    ),
    click.option(
        "--without",
        metavar="IDEA[,IDEA]",
        type=NAMES,
        default=(),
        help="Ideas that it leaves out: stripes, residual, keep, ahead, joined, batch.",
    ),
)


def strategy_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say who schedules and what for, as arguments of these names."""
    for option in reversed(OF_STRATEGIES):
        command = option(command)
    return command


HOST_PINS = click.option(
    "--host",
    "host",
    metavar="PATTERN",
    multiple=True,
    help="Run these operators on the host: a name, a name with * or ?, a /regular "
    "expression/, or type:lrn. May be repeated.",
)
MACHINE_PINS = click.option(
    "--machine",
    "machine",
    metavar="PATTERN",
    multiple=True,
    help="Run these operators on the machine. May be repeated.",
)

HOST_ENGINE = click.option(
    "--host-engine",
    metavar="NAME",
    default="numpy",
    show_default=True,
    help="Who computes the host's segments on this computer: numpy; onnxruntime, which "
    "is faster where the host has convolutions; or ncnn, as on a board's cores.",
)

LOAD = click.option(
    "--load",
    "load",
    metavar="FILE.py",
    type=FILE,
    multiple=True,
    help="Add what a Python file of yours defines: passes, operators, converters, "
    "strategies, targets. May be repeated.",
)


def extensible(command: Callable[..., None]) -> Callable[..., None]:
    """A command with the option `--load`, carried out with what the files add."""

    @LOAD
    @wraps(command)
    def extended(*arguments: object, load: tuple[Path, ...], **options: object) -> None:
        from ..extend.loading import loaded

        with loaded(load):
            command(*arguments, **options)

    return extended


FIX = click.option(
    "--fix",
    metavar="NAME=VALUE",
    type=SETTING,
    multiple=True,
    help="Fix an input at a value: numbers as 1,2,3, one for all elements, true or "
    "false, or X.npy. May be repeated.",
)

OF_MODELS = (
    FIX,
    click.option(
        "--weights",
        metavar="FILE",
        type=FILE,
        help="The weights of a model that keeps them in a file of their own; default: "
        "the one of its name beside it.",
    ),
    click.option(
        "--random-weights",
        metavar="SEED",
        type=int,
        help="Draw the weights of a model that has none.",
    ),
    click.option(
        "--shape",
        "shapes",
        metavar="NAME=1x3x224x224",
        type=INPUT_SHAPE,
        multiple=True,
        help="The shape of an input that the model leaves open. May be repeated.",
    ),
    click.option(
        "--input",
        "inputs",
        metavar="NAME",
        multiple=True,
        help="Cut the network: this tensor, or what this node writes, becomes an "
        "input. May be repeated.",
    ),
    click.option(
        "--output",
        "outputs",
        metavar="NAME",
        multiple=True,
        help="Cut the network: this tensor, or what this node writes, becomes an "
        "output. May be repeated.",
    ),
)


def model_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how a model is read, as arguments of these names."""
    for option in reversed(OF_MODELS):
        command = option(command)
    return command
