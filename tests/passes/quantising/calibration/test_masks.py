"""What of masked scores counts for their ranges."""

import numpy as np
import pytest
from xdsl.ir import SSAValue

from aipu.dialects import nn
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.quantising.calibration.masks import REACH, Masks
from aipu.passes.running.reading import read_module

TEXT = """
func.func @main(%x: tensor<2x3xf32>, %m: tensor<2x3xf32>)
    -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = nn.add %x, %m : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = nn.softmax %0 axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  func.return %1, %x : tensor<2x3xf32>, tensor<2x3xf32>
}
"""


Tensors = tuple[Masks, SSAValue, SSAValue, SSAValue]


@pytest.fixture
def tensors() -> Tensors:
    """The masks of the network, and its scores before the mask, the mask, the sum."""
    module = read_module(TEXT, "masks.mlir", AipuContext(WeightStore()))
    function = main_function(module)
    total = function.body.block.first_op
    assert isinstance(total, nn.AddOp)
    scores, mask = function.args
    return Masks(function), scores, mask, total.ofm


def test_a_row_counts_as_far_as_the_table_of_powers_reaches(tensors: Tensors) -> None:
    masks, _, _, total = tensors
    values = np.array([[3.0, -5.0, -1e9], [-1.0, -np.inf, -2.0]])
    expected = [3, -5, 3 - REACH, -1, -1 - REACH, -2]
    assert masks.what_counts(total, values) == pytest.approx(expected)


def test_a_row_that_is_masked_as_a_whole_does_not_count(tensors: Tensors) -> None:
    masks, _, _, total = tensors
    values = np.array([[3.0, -5.0, 1.0], [-1e4, -1e4 + 7, -1e4 - 3]])
    assert masks.what_counts(total, values) == pytest.approx([3, -5, 1])


def test_a_mask_is_finite_and_what_others_read_is_as_it_is(tensors: Tensors) -> None:
    masks, scores, mask, _ = tensors
    values = np.array([[0.0, -np.inf, 0.0], [-np.inf, 0.0, 0.0]])
    assert np.isfinite(masks.what_counts(mask, values)).all()
    assert masks.what_counts(scores, values) is values
