"""Networks in Arm-China's IR, float or quantised, in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ...errors import AipuError
from ..layers.importing import LayerFile, import_layers
from ..model import ImportedModel
from .conversion import CONVERTERS
from .elements import element_of
from .ends import cut_names, ended
from .layer import IrWeights, needs_constants, read_layers
from .network_file import read_network
from .node import IrNode
from .roles import steps


def import_zhouyi_ir(
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
    """The network of a `.txt` file, with the constants of a `.bin` file.

    A float network becomes float operators. A quantised one becomes operators on
    integers, with the file's own multipliers, shifts and tables; its inputs and outputs
    are reals here, quantised and dequantised inside.

    Args:
        model: the text.
        weights: the constants; by default what the text names, or the `.bin` beside it.
        shapes: the shape of an input, by its name, in place of the text's.
        inputs: tensors or layers to cut the network at; they become the inputs.
        outputs: tensors or layers to cut the network at; they become the outputs.
        batch: the leading extent of all inputs.
        random_weights: the seed of weights to draw; no constants are read then.
        fixed: the values of inputs that are constants.

    Raises:
        UnsupportedError: layers that `nn` cannot say, all of them in one message.
        AipuError: a file cannot be read or is not as the format wants it, or an
            argument does not fit the model.
    """
    file = read_network(model, weights)
    whole = read_layers(file.text.layers)
    header = file.text.header
    cut = cut_names(whole).cut(
        inputs, outputs or header.words("output_tensors"), shapes
    )
    between = ended(whole, cut.inputs, cut.outputs)
    blocks = {layer.name: layer.block for layer in between.layers}
    data = file.data
    if data is None and not needs_constants(whole):
        data = b""
    if random_weights is not None and any(map(element_of, blocks.values())):
        raise AipuError(
            "the weights of a quantised network cannot be drawn",
            place=str(model),
            remedy=f"put {file.data_file.name} beside it",
        )
    return import_layers(
        LayerFile(
            name=file.name,
            layers=between.layers,
            fed=between.fed,
            weights=None if data is None else IrWeights(blocks, data),
            remedy=f"put {file.data_file.name} beside it, name its file: --weights "
            "FILE, or draw them: --random-weights SEED",
            node_of=partial(IrNode, data=data or b"", unchanged=not shapes),
            converters=CONVERTERS,
            steps=steps,
        ),
        shapes=cut.shapes,
        inputs=(),
        outputs=cut.outputs,
        batch=batch,
        random_weights=random_weights,
        fixed=fixed,
    )
