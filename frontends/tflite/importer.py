"""TFLite models as a network in the `nn` dialect: integers as reals with a scale."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...dialects import nn
from ...errors import AipuError, Warnings
from ..input_shapes import settle_shapes
from ..model import ImportedModel
from .conversion import Conversion
from .fixing import with_fixed
from .input_shapes import declared_shapes
from .model_file import read_graph
from .selection import cut_names, select
from .variables import with_variables_outside


def import_tflite(
    model: Path,
    *,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> ImportedModel:
    """The network of a TFLite file.

    A quantised model becomes one on reals: its weights are the reals that its integers
    stand for, and a pair of `nn.quantise` and `nn.dequantise` with the file's scale
    stands behind every tensor that the file keeps as integers.

    Args:
        model: the file.
        shapes: the shape of an input, by its name, in place of the file's.
        inputs: tensors or nodes to cut the graph at; they become the inputs.
        outputs: tensors or nodes to cut the graph at; they become the outputs.
        batch: the leading extent of all inputs.
        random_weights: must be None, as a TFLite file has its weights.
        fixed: the values of inputs that are constants.

    Raises:
        UnsupportedError: operators or options that `nn` cannot say, all of them.
        AipuError: the file cannot be read or is damaged, an operator is not allowed,
            or an argument does not fit the model.
    """
    if random_weights is not None:
        raise AipuError(
            "a TFLite file has its weights, there are none to draw",
            place=str(model),
            remedy="leave --random-weights out",
        )
    warnings = Warnings()
    graph = with_variables_outside(read_graph(model, warnings), warnings)
    whole = with_fixed(graph, fixed)
    cut = cut_names(whole).cut(inputs, outputs, shapes)
    graph = select(whole, cut.inputs, cut.outputs)
    settled, changed_batch = settle_shapes(declared_shapes(graph), cut.shapes, batch)
    conversion = Conversion(graph, settled, changed_batch, warnings)
    results = conversion.run(graph.operators, graph.outputs)
    pins = any(isinstance(op, nn.QuantiseOp) for op in conversion.network.block.ops)
    runtime = "tflite" if pins else None
    return conversion.network.finish(
        model.stem, results, runtime=runtime, batch=changed_batch
    )
