"""Reductions against Python's sum and max over the elements that they reduce."""

import numpy as np
import pytest

from aipu.dialects import nn

REDUCTIONS = {
    nn.ReduceMeanOp: lambda values: sum(values) / len(values),
    nn.ReduceSumOp: sum,
    nn.ReduceMaxOp: max,
}


@pytest.mark.parametrize("operator", REDUCTIONS, ids=lambda operator: operator.name)
@pytest.mark.parametrize("keep", [True, False], ids=["keep", "drop"])
def test_reduction(run, generator, operator, keep):
    ifm = generator.normal(size=(2, 3, 4, 5))

    ofm = run(lambda operand: operator(operand, (1, 2), keep=keep), ifm)

    assert ofm.shape == ((2, 1, 1, 5) if keep else (2, 5))
    for n, c in np.ndindex(2, 5):
        values = [ifm[n, y, x, c] for y, x in np.ndindex(3, 4)]
        assert np.isclose(ofm.reshape(2, 5)[n, c], REDUCTIONS[operator](values))
