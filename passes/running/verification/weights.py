"""The weights that a module names: there, and of the shape and type that it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from ....dialects import nn
from ....dialects.nn.elements import stored_as
from ....errors import nearest
from .fault import Fault

if TYPE_CHECKING:
    import numpy as np

BUFFER = "aipu.buffer"
"""Known by name, as the program it is in: a network of operators needs none of it."""


def weight_faults(
    module: ModuleOp, store: Mapping[str, np.ndarray], absent: Collection[str] = ()
) -> Iterator[Fault]:
    """Weights that `store` lacks, or has in another shape or type.

    `absent` are keys that it may lack: a text can go through passes without its
    weights. A scalar may be kept as one element.
    """
    for op, key in _named(module):
        if key in store:
            yield from _array_faults(op, key, store[key])
        elif key not in absent:
            kept = f"the weight store of {len(store)} weights"
            remedy = nearest(key, store) if store else "--weights FILE.npz names them"
            yield Fault(op, f'no weight "{key}" in {kept}', remedy, key)


def absent_keys(module: ModuleOp, store: Mapping[str, np.ndarray]) -> set[str]:
    """The keys that a module names and `store` lacks."""
    return {key for _, key in _named(module) if key not in store}


def _named(module: ModuleOp) -> Iterator[tuple[Operation, str]]:
    """The operations that name a key of the weight store, and the key."""
    for op in module.walk():
        if isinstance(op, nn.WeightOp):
            yield op, op.key.data
            if op.scale is not None:
                yield op, op.scale.data
        elif op.name == BUFFER:
            from .programs import weight_key

            key = weight_key(op)
            if key is not None:
                yield op, key


def _array_faults(op: Operation, key: str, array: np.ndarray) -> Iterator[Fault]:
    if not isinstance(op, nn.WeightOp):
        from .programs import weight_bytes

        if array.nbytes != weight_bytes(op):
            yield Fault(
                op,
                f'the weight "{key}" has {array.nbytes} bytes in the weight store, its '
                f"buffer has {weight_bytes(op)}",
                word=key,
            )
        return
    shape, dtype = nn.shape(op.value), stored_as(nn.element_type(op.value))
    if key != op.key.data:
        if array.shape not in ((1,), shape[:1]):
            yield Fault(
                op,
                f'the scale "{key}" has shape {list(array.shape)}, expected [1] or '
                f"{list(shape[:1])}",
                word=key,
            )
        return
    if array.shape not in (shape, shape or (1,)):
        yield Fault(
            op,
            f'the weight "{key}" has shape {list(array.shape)} in the weight store, '
            f"its type says {list(shape)}",
            word=key,
        )
    if array.dtype.name != dtype:
        yield Fault(
            op,
            f'the weight "{key}" is of {array.dtype.name} in the weight store, its '
            f"type says {dtype}",
            word=key,
        )
