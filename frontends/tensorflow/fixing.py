"""Placeholders that a user fixes: constants of the graph."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..fixed_inputs import check_fixed, fixed_array, of_type
from .graph_def import NodeDef, reference
from .tensor_proto import ELEMENTS, REALS, DataType


def with_fixed(
    nodes: Mapping[str, NodeDef], fixed: Mapping[str, np.ndarray]
) -> dict[str, NodeDef]:
    """A graph, by name, with constants in place of some placeholders.

    Raises:
        AipuError: a name is no placeholder, or a value does not fit it.
    """
    values = {str(reference(name)): value for name, value in fixed.items()}
    check_fixed(values, {n for n in nodes if _is_placeholder(nodes[n])})
    constants = {name: _constant(nodes[name], value) for name, value in values.items()}
    return {**nodes, **constants}


def _is_placeholder(node: NodeDef) -> bool:
    return node.operator.startswith("Placeholder")


def _constant(node: NodeDef, value: np.ndarray) -> NodeDef:
    """A constant of the type and of the shape that a placeholder declares."""
    kind, shape = node.attributes.get("dtype"), node.attributes.get("shape")
    dtype = value.dtype
    if isinstance(kind, DataType):
        dtype = np.dtype(np.float32 if kind in REALS else ELEMENTS[kind][0])
    array = fixed_array(node.name, value, shape if isinstance(shape, tuple) else None)
    attributes = {"value": of_type(node.name, array, dtype), "dtype": kind}
    return replace(node, operator="Const", inputs=(), attributes=attributes)
