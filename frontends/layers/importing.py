"""From the layers of a file to a model: the same steps for all formats of layers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

import numpy as np

from ...dialects.nn.shapes import Shape
from ...errors import AipuError, Warnings
from ..draws import Draws
from ..fixed_inputs import fixed_arrays
from ..input_shapes import Extents, settle_shapes
from ..model import ImportedModel
from ..network import Network
from ..tensor_roles import Step, rectified, residual_branches
from ..vocabulary.moving import shape
from .conversion import AnyNode, Converter, LayerConversion
from .graph import AnyLayer, Graph, cut_names, select
from .node import DrawnWeights, NoWeights, UnknownWeights, Weights


@dataclass(frozen=True)
class LayerFile(Generic[AnyLayer, AnyNode]):
    """What a format says of a model.

    fed: the blobs that the network is fed with, and their extents.
    weights: of its layers; None if the file comes without.
    remedy: what to do about that, should a layer take any.
    node_of: what converters work with, made of the fields of a LayerNode.
    converters: by operator.
    steps: the layers with their roles, for random weights.
    warnings: what was found when the file was read.
    """

    name: str
    layers: Sequence[AnyLayer]
    fed: Mapping[str, Extents | None]
    weights: Weights | None
    remedy: str
    node_of: Callable[..., AnyNode]
    converters: Mapping[str, Converter[AnyNode]]
    steps: Callable[[Sequence[AnyLayer]], list[Step]]
    warnings: Warnings = field(default_factory=Warnings)


def import_layers(
    file: LayerFile[AnyLayer, AnyNode],
    *,
    shapes: Mapping[str, Sequence[int]],
    inputs: Sequence[str],
    outputs: Sequence[str],
    batch: int | None,
    random_weights: int | None,
    fixed: Mapping[str, np.ndarray],
) -> ImportedModel:
    """The network of a file; the arguments are those of every importer.

    Raises:
        UnsupportedError: layers that `nn` cannot say, all of them in one message.
        AipuError: the file is not as its format wants it, it has no weights and none
            are to be drawn, or an argument does not fit it.
    """
    cut = cut_names(file.layers, file.fed).cut(inputs, outputs, shapes)
    graph = select(file.layers, file.fed, cut.inputs, cut.outputs)
    inside = _shapes_inside(file, batch) if inputs else {}
    declared = {name: inside.get(name, own) for name, own in graph.inputs.items()}
    settled, changed_batch = settle_shapes(declared, cut.shapes, batch)
    weights = _weights(file, graph, random_weights)
    arrays = fixed_arrays(fixed, settled)
    network = Network(settled, fixed=arrays, warnings=file.warnings)
    conversion = LayerConversion(
        network, file.node_of, file.converters, weights, changed_batch
    )
    return network.finish(
        file.name,
        conversion.run(graph.layers, graph.outputs),
        "random" if isinstance(weights, DrawnWeights) else "model",
        batch=changed_batch,
    )


def _weights(
    file: LayerFile[AnyLayer, AnyNode],
    graph: Graph[AnyLayer],
    random_weights: int | None,
) -> Weights:
    if random_weights is not None:
        steps = file.steps(graph.layers)
        return DrawnWeights(
            Draws(random_weights),
            rectified(steps, graph.inputs),
            residual_branches(steps, graph.inputs),
        )
    return NoWeights(file.remedy) if file.weights is None else file.weights


def _shapes_inside(
    file: LayerFile[AnyLayer, AnyNode], batch: int | None
) -> dict[str, Shape]:
    """The shapes of blobs where the network may be cut, as far as they can be known."""
    try:
        graph = select(file.layers, file.fed, (), ())
        settled, changed_batch = settle_shapes(graph.inputs, {}, batch)
        conversion = LayerConversion(
            Network(settled),
            file.node_of,
            file.converters,
            UnknownWeights(),
            changed_batch,
        )
        conversion.convert(graph.layers)
    except AipuError:
        # What is wrong may lie beyond the cut; if not, the import itself will say so.
        return {}
    return {name: shape(value) for name, value in conversion.values.items()}
