"""Reading `.prototxt` and `.caffemodel`: the same message, as text and as bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from google.protobuf import text_format
from google.protobuf.message import DecodeError

from ...errors import AipuError, Warnings
from ..input_shapes import Extents
from ..layers.graph import Layer
from .schema import Fields, network
from .unknown_fields import unknown_fields

LARGEST_TEXT = 1 << 26
LARGEST_BINARY = (1 << 31) - 1
"""Bytes; no protobuf may be larger."""

V1_OPERATORS = {
    "ABSVAL": "AbsVal",
    "ACCURACY": "Accuracy",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONVOLUTION": "Convolution",
    "DATA": "Data",
    "DECONVOLUTION": "Deconvolution",
    "DROPOUT": "Dropout",
    "ELTWISE": "Eltwise",
    "EXP": "Exp",
    "FLATTEN": "Flatten",
    "IMAGE_DATA": "ImageData",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MVN": "MVN",
    "POOLING": "Pooling",
    "POWER": "Power",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SILENCE": "Silence",
    "SLICE": "Slice",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "TANH": "TanH",
}
"""What the old layers are called today; those that are not listed keep their name."""

FEEDING = {"AnnotatedData", "Data", "HDF5Data", "ImageData", "Input", "MemoryData"}
"""Layers that only feed the network."""

UNUSED = {"Accuracy", "EuclideanLoss", "Silence"}
"""Layers that a network has no use for when it is only run."""


@dataclass(frozen=True)
class CaffeLayer(Layer):
    """`parameters` are the fields of its message."""

    parameters: Fields


@dataclass(frozen=True)
class CaffeNetwork:
    """A network: its name, its layers, and what it is fed with."""

    name: str
    layers: Sequence[CaffeLayer]
    fed: Mapping[str, Extents | None]


def read_prototxt(path: Path, warnings: Warnings) -> CaffeNetwork:
    """The network that a text describes, as it is when it is run, not trained.

    Args:
        path: of the text.
        warnings: what of its operators is not known, and left out, is added here.

    Raises:
        AipuError: it cannot be read, or is not as the format wants it.
    """
    message = network()
    try:
        text = _bytes(path, LARGEST_TEXT).decode("utf-8")
        text_format.Parse(text, message, allow_unknown_field=True)
    except UnicodeDecodeError as error:
        raise AipuError(f"it is no text: {error.reason}", place=str(path)) from error
    except text_format.ParseError as error:
        # The message repeats the line, and says what is wrong with it last.
        reason = str(error).rpartition("': ")[2]
        place = f"{path}:{error.GetLine()}"
        raise AipuError(f"not a prototxt: {reason}", place=place) from None
    except RecursionError:
        raise AipuError("messages in messages without end", place=str(path)) from None
    for field in unknown_fields(text):
        warnings.add(
            f"'{field.name}' of a {field.message} is not known and changes nothing",
            f"{path}:{field.line}",
        )
    return _network(Fields(message), path)


def read_caffemodel(path: Path) -> dict[str, list[np.ndarray]]:
    """The weights of each layer, by its name.

    Raises:
        AipuError: it cannot be read, or is no Caffe model.
    """
    message = network()
    try:
        message.ParseFromString(_bytes(path, LARGEST_BINARY))
    except DecodeError:
        raise AipuError(
            "not a .caffemodel, or a part of one",
            place=str(path),
            remedy="the file may be cut short",
        ) from None
    arrays: dict[str, list[np.ndarray]] = {}
    for layer in _layers(Fields(message)):
        name = layer.text("name")
        for blob in layer.all_fields("blobs"):
            array = _array(blob, f"{path}, layer '{name}'")
            arrays.setdefault(name, []).append(array)
    if not arrays:
        raise AipuError("it holds no weights", place=str(path))
    return arrays


def _bytes(path: Path, largest: int) -> bytes:
    try:
        if path.stat().st_size > largest:
            raise AipuError(f"larger than {largest} bytes", place=str(path))
        return path.read_bytes()
    except OSError as error:
        raise AipuError(f"cannot read: {error.strerror}", place=str(path)) from error


def _array(blob: Fields, place: str) -> np.ndarray:
    data, element = blob.data("data"), np.dtype("<f4")
    if blob.has("double_data"):
        data, element = blob.data("double_data"), np.dtype("<f8")
    if len(data) % element.itemsize:
        raise AipuError(f"{len(data)} bytes are no list of reals", place=place)
    return np.frombuffer(data, element).astype(np.float32, copy=False)


def _layers(message: Fields) -> list[Fields]:
    """The layers of a network, new or old."""
    return message.all_fields("layer") or message.all_fields("layers")


def _network(message: Fields, path: Path) -> CaffeNetwork:
    layers: list[CaffeLayer] = []
    fed = _declared(message, str(path))
    for number, found in enumerate(_layers(message)):
        layer = _layer(found, number)
        if not _is_included(found) or layer.operator in UNUSED:
            continue
        if layer.operator in FEEDING:
            fed.update(_fed_by(layer))
        else:
            layers.append(layer)
    if not layers:
        raise AipuError("the network has no layers", place=str(path))
    read = {name for layer in layers for name in layer.reads}
    fed = {name: extents for name, extents in fed.items() if name in read}
    return CaffeNetwork(message.text("name") or path.stem, layers, fed)


def _layer(message: Fields, number: int) -> CaffeLayer:
    is_old = message.message.DESCRIPTOR.fields_by_name["type"].enum_type is not None
    old = message.choice("type") if is_old else ""
    operator = V1_OPERATORS.get(old, old) if is_old else message.text("type")
    bottoms = tuple(message.texts("bottom"))
    if operator == "SoftmaxWithLoss":
        operator, bottoms = "Softmax", bottoms[:1]
    return CaffeLayer(
        name=message.text("name") or f"layer{number}",
        operator=operator,
        reads=bottoms,
        writes=tuple(message.texts("top")),
        parameters=message,
    )


def _is_included(message: Fields) -> bool:
    """Whether a layer is there when the network is tested, at level 0, in no stage."""
    include = message.all_fields("include")
    if include:
        return any(map(_applies, include))
    return not any(map(_applies, message.all_fields("exclude")))


def _applies(rule: Fields) -> bool:
    testing = rule.choice("phase") == "TEST"
    least, most = rule.integer("min_level"), rule.integer("max_level")
    return testing and least <= 0 <= most and not rule.texts("stage")


def _declared(message: Fields, place: str) -> dict[str, Extents | None]:
    """The inputs that are declared before the layers."""
    shapes = [shape.integers("dim") for shape in message.all_fields("input_shape")]
    flat = message.integers("input_dim")
    shapes = shapes or [flat[start : start + 4] for start in range(0, len(flat), 4)]
    return _extents(message.texts("input"), shapes, place)


def _fed_by(layer: CaffeLayer) -> dict[str, Extents | None]:
    """What an input layer feeds; of others that feed it nothing is known."""
    shapes: list[list[int]] = []
    if layer.operator == "Input":
        given = layer.parameters.fields("input_param").all_fields("shape")
        shapes = [shape.integers("dim") for shape in given]
    shapes = shapes * len(layer.writes) if len(shapes) == 1 else shapes
    return _extents(layer.writes, shapes, layer.place)


def _extents(
    names: Sequence[str], shapes: Sequence[Sequence[int]], place: str
) -> dict[str, Extents | None]:
    """Extents that are not positive are for the user to say."""
    if not shapes:
        return dict.fromkeys(names)
    if len(shapes) != len(names):
        raise AipuError(
            f"{len(names)} inputs and {len(shapes)} shapes of inputs", place=place
        )
    return {
        name: [extent if extent > 0 else None for extent in shape]
        for name, shape in zip(names, shapes, strict=True)
    }
