"""Caffe models as a float network in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...errors import AipuError, Warnings
from ..layers.importing import LayerFile, import_layers
from ..layers.node import StoredWeights
from ..model import ImportedModel
from .model_file import read_caffemodel, read_prototxt
from .node import CaffeNode
from .operators import CONVERTERS
from .roles import steps

TEXT, BINARY = ".prototxt", ".caffemodel"


def import_caffe(
    model: Path,
    *,
    weights: Path | None = None,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> ImportedModel:
    """The network of a `.prototxt`, with the weights of a `.caffemodel`.

    Layers of training are left out. Of several layers that write one blob, one over the
    other, the last has the name of the blob, the others `<blob>/<layer>`.

    Args:
        model: either file; the other one has the same name unless `weights` is given.
        weights: the `.caffemodel`.
        shapes: the shape of an input, by its name, where the model has none.
        inputs: blobs or layers to cut the network at; they become the inputs.
        outputs: blobs or layers to cut the network at; they become the outputs.
        batch: the leading extent of all inputs.
        random_weights: the seed of weights to draw; no `.caffemodel` is read then.
        fixed: the values of inputs that are constants.

    Raises:
        UnsupportedError: layers that `nn` cannot say, all of them in one message.
        AipuError: a file is missing, cannot be read or is not as the format wants it,
            or an argument does not fit the model.
    """
    text, binary = _files(model, weights)
    warnings = Warnings()
    network = read_prototxt(text, warnings)
    stored = None
    if binary is not None and random_weights is None:
        stored = StoredWeights(read_caffemodel(binary))
    file = LayerFile(
        name=model.stem,
        layers=network.layers,
        fed=network.fed,
        weights=stored,
        remedy=f"put {text.with_suffix(BINARY).name} beside it, name its file: "
        "--weights FILE, or draw them: --random-weights SEED",
        node_of=CaffeNode,
        converters=CONVERTERS,
        steps=steps,
        warnings=warnings,
    )
    return import_layers(
        file,
        shapes=shapes,
        inputs=inputs,
        outputs=outputs,
        batch=batch,
        random_weights=random_weights,
        fixed=fixed,
    )


def _files(model: Path, weights: Path | None) -> tuple[Path, Path | None]:
    """The text, and the weights if there are any."""
    if model.suffix == BINARY:
        text = model.with_suffix(TEXT)
        if weights is not None or not text.is_file():
            raise AipuError(
                f"the network is described by a {TEXT} file, and {text.name} is not "
                "beside it",
                place=str(model),
                remedy=f"build the {TEXT}, and give it this file: --weights {model}",
            )
        return text, model
    beside = model.with_suffix(BINARY)
    return model, weights or (beside if beside.is_file() else None)
