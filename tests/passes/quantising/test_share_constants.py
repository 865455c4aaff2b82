"""Weights are compared, and not copied to be."""

import tracemalloc

import numpy as np
from xdsl.dialects.builtin import ModuleOp, TensorType, i8

from aipu.dialects import nn
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.quantising.share_constants import ShareConstantsPass

BYTES, COUNT = 1 << 20, 8


def test_it_takes_less_memory_than_weights_do() -> None:
    store, type_ = WeightStore(), TensorType(i8, [BYTES])
    for number in range(COUNT):
        store.add(f"{number}", np.full(BYTES, number, np.int8))
    module = ModuleOp([nn.WeightOp(f"{number}", type_) for number in range(COUNT)])
    tracemalloc.start()
    try:
        ShareConstantsPass().apply(AipuContext(store), module)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < COUNT * BYTES / 4
