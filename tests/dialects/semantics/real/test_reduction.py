"""Reductions against Python's sum and max over the elements that they reduce."""

import math

import numpy as np
import pytest

from aipu.dialects import nn

REDUCTIONS = {
    nn.ReduceMeanOp: lambda values: sum(values) / len(values),
    nn.ReduceSumOp: sum,
    nn.ReduceMaxOp: max,
    nn.ReduceMinOp: min,
    nn.ReduceProdOp: math.prod,
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


@pytest.mark.parametrize("operator, best", [(nn.ArgMaxOp, max), (nn.ArgMinOp, min)])
@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
@pytest.mark.parametrize("keep", [True, False], ids=["keep", "drop"])
def test_position_of_the_first_or_last(run, generator, operator, best, last, keep):
    ifm = generator.integers(0, 3, (4, 6)).astype(np.float64)

    ofm = run(lambda x: operator(x, 1, keep=keep, last=last), ifm)

    assert ofm.shape == ((4, 1) if keep else (4,))
    for row, found in zip(ifm.tolist(), ofm.reshape(-1), strict=True):
        places = [i for i, x in enumerate(row) if x == best(row)]
        assert found == places[-1 if last else 0]
