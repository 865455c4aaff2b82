"""Small Caffe models written by hand: a text, and weights by the names of layers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.caffe.importer import import_caffe
from aipu.frontends.caffe.schema import network
from aipu.frontends.model import ImportedModel
from aipu.passes.authoring.functions import input_name, main_function, output_name

Arrays = Mapping[str, np.ndarray]


def input_layer(name: str, shape: Sequence[int]) -> str:
    extents = " ".join(f"dim: {extent}" for extent in shape)
    return (
        f'layer {{ name: "{name}" type: "Input" top: "{name}" '
        f"input_param {{ shape {{ {extents} }} }} }}"
    )


def layer(operator: str, bottoms: Sequence[str], top: str, parameters: str = "") -> str:
    """A layer with the name of its top."""
    reads = " ".join(f'bottom: "{name}"' for name in bottoms)
    return (
        f'layer {{ name: "{top}" type: "{operator}" {reads} top: "{top}" '
        f"{parameters} }}"
    )


def caffemodel(
    weights: Mapping[str, Sequence[np.ndarray]], old: bool = False, double: bool = False
) -> bytes:
    """The bytes of a file with these weights."""
    message = network()
    field, element = ("double_data", "<f8") if double else ("data", "<f4")
    for name, arrays in weights.items():
        found = getattr(message, "layers" if old else "layer").add(name=name)
        for array in arrays:
            found.blobs.add(**{field: array.astype(element).tobytes()})
    return message.SerializeToString()


def write_model(
    folder: Path, text: str, weights: Mapping[str, Sequence[np.ndarray]]
) -> Path:
    """The `.prototxt` of a model, with the `.caffemodel` of its name beside it."""
    path = folder / "model.prototxt"
    path.write_text(text)
    path.with_suffix(".caffemodel").write_bytes(caffemodel(weights))
    return path


def one_layer(
    folder: Path,
    operator: str,
    parameters: str,
    *inputs: np.ndarray,
    weights: Sequence[np.ndarray] = (),
) -> np.ndarray:
    """What a layer makes of its inputs."""
    names = [f"x{number}" for number in range(len(inputs))]
    arrays = dict(zip(names, inputs, strict=True))
    text = "\n".join(input_layer(name, array.shape) for name, array in arrays.items())
    text += layer(operator, names, "y", parameters)
    # A file without any weight is none, so there is one that nobody asks for.
    path = write_model(folder, text, {"y": weights, "other": [np.zeros(1)]})
    return results(import_caffe(path), arrays)["y"]


def results(imported: ImportedModel, arrays: Arrays) -> dict[str, np.ndarray]:
    """What an imported model computes, by the names of its outputs."""
    function = main_function(imported.module)
    ordered = [arrays[input_name(argument)] for argument in function.args]
    found = evaluate(function, ordered, imported.weights)
    return {output_name(function, i): array for i, array in enumerate(found)}
