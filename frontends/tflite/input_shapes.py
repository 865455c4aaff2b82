"""The inputs of a graph: what the file declares of their shapes and elements."""

from ...errors import UnsupportedError
from ..input_shapes import Extents
from .graph import Graph, Tensor

REALS = {"FLOAT32", "FLOAT16", "FLOAT64"}
STORED_REALS = {"INT8", "UINT8"}
"""Integers that stand for reals, where the file says the scale."""


def declared_shapes(graph: Graph) -> dict[str, Extents]:
    """The extents of every input by name, None for a dynamic one.

    Raises:
        UnsupportedError: an input is of no real numbers.
    """
    tensors = [graph.tensors[name] for name in graph.inputs]
    for tensor in tensors:
        if not holds_reals(tensor):
            raise UnsupportedError(
                f"expected reals, or integers with a scale, found {tensor.kind}",
                place=f"input '{tensor.name}'",
            )
    return {
        tensor.name: [extent if extent > 0 else None for extent in tensor.shape]
        for tensor in tensors
    }


def holds_reals(tensor: Tensor) -> bool:
    """Whether the elements are reals, or integers with one scale for all of them."""
    quantisation = tensor.quantisation
    stored = quantisation is not None and quantisation.scale.size == 1
    return tensor.kind in REALS or (tensor.kind in STORED_REALS and stored)
