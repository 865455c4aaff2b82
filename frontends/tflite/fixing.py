"""Inputs that a user fixes: constants, stored as the file would store them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...errors import AipuError
from ..fixed_inputs import check_fixed, fixed_array, of_type
from .elements import DTYPES
from .graph import Graph, Tensor


def with_fixed(graph: Graph, fixed: Mapping[str, np.ndarray]) -> Graph:
    """A graph with constants in place of some inputs.

    Raises:
        AipuError: a name is no input, or a value does not fit it.
    """
    check_fixed(fixed, graph.inputs)
    tensors = dict(graph.tensors)
    for name, value in fixed.items():
        tensors[name] = replace(tensors[name], array=_stored(tensors[name], value))
    return replace(graph, tensors=tensors)


def _stored(tensor: Tensor, value: np.ndarray) -> np.ndarray:
    """The elements of a tensor: reals as integers, where the file has a scale."""
    if tensor.kind not in DTYPES:
        raise AipuError(f"elements of {tensor.kind}", place=f"input '{tensor.name}'")
    extents = [extent if extent > 0 else None for extent in tensor.shape]
    array, kind = fixed_array(tensor.name, value, extents), DTYPES[tensor.kind]
    found = tensor.quantisation
    if found is None or array.dtype == kind:
        return of_type(tensor.name, array, kind)
    scale = found.along(found.scale, array.ndim).astype(np.float64)
    steps = np.rint(array / scale) + found.along(found.zero_point, array.ndim)
    limits = np.iinfo(kind)
    return np.clip(steps, limits.min, limits.max).astype(kind)
