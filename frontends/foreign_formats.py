"""Formats that no frontend reads: what they are, and the line that converts them."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from ..errors import AipuError

SAVED_MODEL = "saved_model.pb"
"""What lies in the folder of a SavedModel, and is no frozen graph."""


class Foreign(NamedTuple):
    """A format: what a message calls it, and how to convert a file `{path}`.

    `{stem}` is the file's name without its ending, `{folder}` where it lies.
    """

    called: str
    conversion: str


KERAS = Foreign(
    "a Keras model",
    "python -c \"import tensorflow as tf; open('{stem}.tflite', 'wb').write("
    "tf.lite.TFLiteConverter.from_keras_model("
    "tf.keras.models.load_model('{path}', compile=False)).convert())\"",
)
SAVED = Foreign(
    "a SavedModel of TensorFlow",
    "python -c \"import tensorflow as tf; open('{stem}.tflite', 'wb').write("
    "tf.lite.TFLiteConverter.from_saved_model('{path}').convert())\"",
)
TORCH_SCRIPT = Foreign(
    "a TorchScript module",
    "python -c \"import torch; torch.onnx.export(torch.jit.load('{path}').eval(), "
    "(torch.rand(SHAPE),), '{stem}.onnx', dynamo=False)\", with the SHAPE of its input",
)
TORCH_UNSEEN = Foreign(
    "a file of torch.jit.save or torch.save", TORCH_SCRIPT.conversion
)
TORCH_PICKLE = Foreign(
    "a pickle of torch.save, which could run code",
    "in Python, with the module that it belongs to: torch.export.save("
    "torch.export.export(module.eval(), (example,)), '{stem}.pt2')",
)
PADDLE = Foreign(
    "a Paddle model",
    "paddle2onnx --model_dir {folder} --model_filename {name} "
    "--params_filename {stem}.pdiparams --save_file {stem}.onnx",
)

BY_ENDING: Mapping[str, Foreign] = {
    ".h5": KERAS,
    ".hdf5": KERAS,
    ".keras": KERAS,
    ".pdmodel": PADDLE,
    ".pth": TORCH_UNSEEN,
    ".pt": TORCH_UNSEEN,
    ".torchscript": TORCH_SCRIPT,
}


def refusal(path: Path) -> AipuError | None:
    """Why no frontend reads a model that is well known; None if it is another one."""
    foreign = _found(path)
    if foreign is None:
        return None
    folder = path.parent if path.name == SAVED_MODEL else path
    return AipuError(
        f"this is {foreign.called}, which no frontend reads",
        place=str(path),
        remedy="convert it: "
        + foreign.conversion.format(
            path=folder, stem=folder.stem, name=path.name, folder=path.parent
        ),
    )


def _found(path: Path) -> Foreign | None:
    if path.name == SAVED_MODEL or (path / SAVED_MODEL).is_file():
        return SAVED
    if path.is_dir():
        return None
    foreign = BY_ENDING.get(path.suffix.lower())
    if foreign is TORCH_UNSEEN and path.exists():
        return TORCH_SCRIPT if _holds_code(path) else TORCH_PICKLE
    return foreign


def _holds_code(path: Path) -> bool:
    """Whether a zip holds the code of a TorchScript module."""
    try:
        with ZipFile(path) as file:
            return any("/code/" in name for name in file.namelist())
    except (BadZipFile, OSError):
        return False
