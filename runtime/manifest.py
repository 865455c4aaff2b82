"""What `package.json` says: what was built, from what, and how."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from ..backend_aipu.machine import Machine
from ..errors import AipuError
from ..frontends.preprocessing import Preprocessing
from ..passes.scheduling.strategies.goal import LATENCY, Goal
from .accuracy import Accuracy
from .answers.record import Meaning

FORMAT = 2


class TensorInfo(Struct, frozen=True, forbid_unknown_fields=True):
    """An input or output of a network, as the source model has it."""

    shape: tuple[int, ...]
    dtype: str


class UsedExtension(Struct, frozen=True, forbid_unknown_fields=True):
    """What a user had added to the compiler when a package was built.

    name: of the file, or of the installed extension.
    sha256: of the file, in hexadecimal.
    operators: of its own, that the network has at some level: without them the package
        cannot be read.
    """

    name: str
    sha256: str
    operators: list[str]


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """A package in a page.

    machine: the numbers of the target, as they were.
    goal: what the strategy was asked for.
    weights: "model", or "random" where they were drawn.
    calibration: "data", "noise" or "model".
    pipelines: by the file of a level, what makes it from the level before.
    extensions: what users had added to the compiler.
    preprocessing: how inputs are made of recordings or images, by their names.
    meaning: of the outputs; None where nothing was said of it.
    warnings: what a user should know of the model and of the calibration data.
    accuracy: how far integers are from reals; None without samples to see it on.
    """

    format: int
    name: str
    target: str
    machine: Machine
    strategy: str
    batch: int
    weights: str
    calibration: str
    inputs: dict[str, TensorInfo]
    outputs: dict[str, TensorInfo]
    pipelines: dict[str, str]
    preprocessing: dict[str, Preprocessing] = {}
    warnings: list[str] = []
    accuracy: Accuracy | None = None
    extensions: list[UsedExtension] = []
    goal: Goal = LATENCY
    meaning: Meaning | None = None


def frames_at_once(
    inputs: Mapping[str, TensorInfo], outputs: Mapping[str, TensorInfo]
) -> int:
    """How many frames a network takes at once: the leading extent that all inputs have,
    if what comes of them can be as many; or else one. So a sequence [12, 1, 10] with
    one answer [1, 5] is one frame.
    """
    leading = {info.shape[0] if info.shape else 1 for info in inputs.values()}
    made = [info.shape[0] if info.shape else 1 for info in outputs.values()]
    count = leading.pop() if len(leading) == 1 else 1
    return count if count and not any(each % count for each in made) else 1


def encode(manifest: Manifest) -> bytes:
    """The bytes of a `package.json`."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decode(data: bytes, place: str) -> Manifest:
    """The manifest of a `package.json`.

    Raises:
        AipuError: it is not one, or of a format that this version does not know.
    """
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise AipuError(f"not a package: {error}", place=place) from None
    if manifest.format != FORMAT:
        raise AipuError(
            f"a package of format {manifest.format}, expected {FORMAT}",
            place=place,
            remedy="build the model again with this version",
        )
    return manifest
