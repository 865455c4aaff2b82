"""`op.with_(...)`: the same operator but for what is said."""

import pytest
from xdsl.dialects import test
from xdsl.dialects.builtin import StringAttr, TensorType, f32
from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from aipu.dialects import nn
from aipu.dialects.locations import named, source_name


def tensors(*shapes: tuple[int, ...]) -> list[SSAValue]:
    return list(test.TestOp(result_types=[TensorType(f32, s) for s in shapes]).results)


@pytest.fixture
def conv() -> nn.Conv2dOp:
    ifm, weight, bias = tensors((1, 8, 8, 3), (4, 3, 3, 3), (4,))
    op = nn.Conv2dOp(ifm, weight, bias, stride=(2, 2))
    op.location = named("conv1")
    op.attributes["place"] = StringAttr("machine")
    return op


def test_a_property_changes_and_the_shape_with_it(conv: nn.Conv2dOp) -> None:
    new = conv.with_(pad=[1, 1, 1, 1])
    new.verify()
    assert new.pad.get_values() == (1, 1, 1, 1)
    assert nn.shape(new.ofm) == (1, 4, 4, 4)
    assert nn.shape(conv.ofm) == (1, 3, 3, 4)


def test_everything_else_stays(conv: nn.Conv2dOp) -> None:
    new = conv.with_(pad=[1, 1, 1, 1])
    assert new.operands == conv.operands
    assert new.stride == conv.stride
    assert new.attributes == conv.attributes
    assert source_name(new) == "conv1"


def test_nobody_else_reads_the_operands(conv: nn.Conv2dOp) -> None:
    new = conv.with_(pad=[1, 1, 1, 1])
    assert {use.operation for use in conv.ifm.uses} == {conv, new}


def test_an_operand_changes(conv: nn.Conv2dOp) -> None:
    (wider,) = tensors((1, 16, 16, 3))
    new = conv.with_(ifm=wider, stride=(1, 1))
    assert new.ifm is wider
    assert nn.shape(new.ofm) == (1, 14, 14, 4)


def test_several_operands_of_one_name() -> None:
    a, b, c = tensors((1, 2), (1, 3), (1, 4))
    assert nn.shape(nn.ConcatOp([a, b], 1).with_(inputs=[a, b, c]).ofm) == (1, 9)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"activation": nn.Clamp(0.0)}, "then relu"),
        ({"activation": nn.ClampAttr(nn.Clamp(0.0, 6.0))}, "then relu6"),
        ({"dilation": (2, 2)}, "dilation [2, 2]"),
    ],
)
def test_values_become_attributes(
    conv: nn.Conv2dOp, changes: dict[str, object], text: str
) -> None:
    assert text in str(conv.with_(**changes))


def test_none_is_the_default(conv: nn.Conv2dOp) -> None:
    assert conv.with_(stride=None).stride.get_values() == (1, 1)


def test_a_real_may_be_a_whole_number() -> None:
    (x,) = tensors((1, 2))
    padded = nn.PadOp(x, [0, 0], [0, 1], 0.5).with_(value=2)
    padded.verify()
    assert padded.value.value.data == 2.0


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            {"padd": [1]},
            "nn.conv2d has no 'padd'; it has ifm, weight, bias, rescale, s",
        ),
        ({"pad": object()}, "a property cannot be <object"),
        ({"groups": 2}, "the ifm has 3 channels, the weight 3 in 2 groups"),
    ],
)
def test_what_cannot_be_is_refused(
    conv: nn.Conv2dOp, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(VerifyException, match=complaint):
        conv.with_(**changes)
    assert {use.operation for use in conv.ifm.uses} == {conv}
