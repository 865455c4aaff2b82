"""ncnn models as a float network in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...errors import Warnings
from ..layers.importing import LayerFile, import_layers
from ..layers.node import StoredWeights
from ..model import ImportedModel
from .bin_file import read_bin
from .int8_weights import dequantised, has_activation_scales
from .node import NcnnNode
from .operators import CONVERTERS
from .param_file import AN_END, NcnnLayer, inputs_of, read_param
from .roles import steps

AN_INPUT = "Input"
SCALES_LEFT_OUT = (
    "the scales that the file has for its feature maps are not used: calibration "
    "chooses them"
)


def import_ncnn(
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
    """The network of a `.param` file, with the weights of a `.bin` file.

    ncnn has no batch; here every blob gets one in front, of 1 if `batch` says nothing.

    Args:
        model: the `.param` file.
        weights: the `.bin` file; by default the one of the same name beside it.
        shapes: the shape of an input, by its name, where the model has none.
        inputs: blobs or layers to cut the network at; they become the inputs.
        outputs: blobs or layers to cut the network at; they become the outputs.
        batch: the leading extent of all inputs.
        random_weights: the seed of weights to draw; no `.bin` file is read then.
        fixed: the values of inputs that are constants.

    Raises:
        UnsupportedError: layers that `nn` cannot say, all of them in one message.
        AipuError: a file cannot be read or is not as the format wants it, or an
            argument does not fit the model.
    """
    warnings = Warnings()
    layers = read_param(model, warnings)
    beside = model.with_suffix(".bin")
    if weights is None and beside.is_file():
        weights = beside
    stored = None
    if weights is not None and random_weights is None:
        stored = _stored(weights, layers)
        for layer in filter(has_activation_scales, layers):
            warnings.add(SCALES_LEFT_OUT, layer.place)
    file = LayerFile(
        name=model.stem,
        layers=[layer for layer in layers if layer.operator not in (AN_INPUT, AN_END)],
        fed=inputs_of(layers),
        weights=stored,
        remedy=f"put {beside.name} beside it, name its file: --weights FILE, or draw "
        "them: --random-weights SEED",
        node_of=NcnnNode,
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


def _stored(path: Path, layers: Sequence[NcnnLayer]) -> StoredWeights:
    arrays = read_bin(path, layers)
    return StoredWeights(
        {
            layer.name: dequantised(layer, arrays[layer.name])
            for layer in layers
            if layer.name in arrays
        },
        remedy="an operator before it is unknown, so the file cannot be read further",
    )
