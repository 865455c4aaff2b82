"""The weights that modules still read: those of a file, of a package."""

from collections.abc import Iterable, Iterator

from xdsl.dialects.builtin import ModuleOp, StringAttr

from ...dialects import nn
from ...dialects.aipu import BufferOp, Space
from ...dialects.semantics.weights import WeightStore
from ...passes.authoring.ranges import MEAN, read
from ...passes.quantising.calibration.trial import tensors


def used_weights(modules: Iterable[ModuleOp], weights: WeightStore) -> WeightStore:
    """Those of the weights that operators, marks on them or programs name."""
    keys = dict.fromkeys(key for module in modules for key in _named(module))
    return WeightStore({key: weights[key] for key in keys if key in weights})


def _named(module: ModuleOp) -> Iterator[str]:
    for value in tensors(module):
        mean = read(value, MEAN)
        if isinstance(mean, StringAttr):
            yield mean.data
    for op in module.walk():
        if isinstance(op, nn.WeightOp):
            yield op.key.data
            if op.scale is not None:
                yield op.scale.data
        elif isinstance(op, BufferOp) and op.value.type.data is Space.WEIGHTS:
            yield op.buffer_name.data
