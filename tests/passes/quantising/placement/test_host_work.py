"""What operators ask of the host: every one something, but a reshape."""

import pytest
from xdsl.dialects.builtin import TensorType, f32, i1, i64
from xdsl.ir import Attribute, Block, SSAValue

from aipu.backend_aipu.host import Work
from aipu.backend_aipu.machine import load_machine
from aipu.dialects import nn
from aipu.dialects.nn import Nn
from aipu.dialects.quant import UniformType
from aipu.passes.quantising.placement.host_work import host_ms, host_work

OPERATORS = [op for op in Nn.operations if issubclass(op, nn.Operator)]
MULTIPLYING = {nn.Conv2dOp, nn.ConvTranspose2dOp, nn.FullyConnectedOp, nn.MatMulOp}
EXPONENTIAL = [op for op in OPERATORS if issubclass(op, nn.Exponential)]
BYTES = 4


def tensor(*shape: int, element: Attribute = f32) -> SSAValue:
    """A feature map that somebody has made."""
    return Block(arg_types=[TensorType(element, shape)]).args[0]


def weight(*shape: int) -> SSAValue:
    return nn.WeightOp("w", TensorType(f32, shape)).value


def conv(
    ifm: SSAValue, kernel: tuple[int, ...], *, stride: int = 1, **more: int
) -> nn.Conv2dOp:
    """A convolution whose rows keep their number where the stride is 1."""
    dilation = more.get("dilation", 1)
    around = (kernel[1] - 1) // 2 * dilation
    return nn.Conv2dOp(
        ifm,
        weight(*kernel),
        weight(kernel[0]),
        stride=(stride, stride),
        pad=(around, around, around, around),
        dilation=(dilation, dilation),
        groups=more.get("groups", 1),
    )


def is_of_others(op: type[nn.Operator]) -> bool:
    """Whether it is worked on by others: a composite is its parts on the host."""
    return op in (*MULTIPLYING, nn.CompositeOp)


@pytest.mark.parametrize("op", [o for o in OPERATORS if not is_of_others(o)])
def test_every_operator_but_a_reshape_takes_time(op: type[nn.Operator]) -> None:
    host = load_machine("r329").host
    assert host is not None
    ifm = tensor(1, 8, 8, 4)
    made = op.create(operands=[ifm], result_types=[ifm.type])
    least = host.overhead / host.clock_hz * 1e3
    if op is nn.ReshapeOp:
        assert host_ms(made, host) == 0
    else:
        assert host_ms(made, host) > least


def test_what_has_an_exponential_in_its_equation_is_one() -> None:
    equations = {op: (op.__doc__ or "").splitlines()[0] for op in OPERATORS}
    assert {op for op, says in equations.items() if "e **" in says} <= {*EXPONENTIAL}


@pytest.mark.parametrize("op", EXPONENTIAL)
def test_exponentials_are_counted_by_elements(op: type[nn.Operator]) -> None:
    ifm = tensor(1, 8, 8, 4)
    made = op.create(operands=[ifm], result_types=[ifm.type])
    assert host_work(made) == Work("exponential", 256, 2 * 256 * BYTES, 0)


@pytest.mark.parametrize(
    ("op", "kind", "macs"),
    [
        (conv(tensor(1, 8, 8, 32), (64, 1, 1, 32)), "pointwise", 64 * 64 * 32),
        (conv(tensor(1, 8, 8, 16), (4, 3, 3, 16)), "winograd", 64 * 4 * 144),
        (conv(tensor(1, 8, 8, 15), (4, 3, 3, 15)), "direct_3x3", 64 * 4 * 135),
        (
            conv(tensor(1, 8, 8, 16), (4, 3, 3, 16), stride=2),
            "direct_3x3",
            16 * 4 * 144,
        ),
        (
            conv(tensor(1, 8, 8, 16), (4, 3, 3, 16), dilation=2),
            "direct_3x3",
            64 * 4 * 144,
        ),
        (conv(tensor(1, 8, 8, 16), (4, 5, 5, 16)), "direct", 64 * 4 * 400),
        (conv(tensor(1, 8, 8, 8), (8, 3, 3, 1), groups=8), "depthwise", 64 * 8 * 9),
        (conv(tensor(1, 8, 8, 8), (4, 3, 3, 4), groups=2), "grouped", 64 * 4 * 36),
    ],
)
def test_kinds_of_convolution(op: nn.Conv2dOp, kind: str, macs: int) -> None:
    found = host_work(op)
    assert found is not None
    assert (found.kind, found.amount) == (kind, macs)


def test_a_transposed_convolution_multiplies_every_pixel_of_its_input() -> None:
    op = nn.ConvTranspose2dOp(
        tensor(1, 4, 4, 8), weight(2, 2, 2, 8), weight(2), stride=(2, 2)
    )
    maps = (4 * 4 * 8 + 8 * 8 * 2) * BYTES
    assert host_work(op) == Work("direct", 16 * 64, maps, (64 + 2) * BYTES)


def test_products_are_as_pointwise_convolutions() -> None:
    dense = nn.FullyConnectedOp(tensor(3, 16), weight(8, 16), weight(8))
    maps = (3 * 16 + 3 * 8) * BYTES
    assert host_work(dense) == Work("pointwise", 384, maps, (128 + 8) * BYTES)
    product = nn.MatMulOp(tensor(2, 3, 4), tensor(2, 4, 5))
    maps = (24 + 40 + 30) * BYTES
    assert host_work(product) == Work("pointwise", 120, maps, 0)


def test_bytes_are_those_of_the_elements() -> None:
    reals, element = tensor(1, 100), UniformType(0.5, 0)
    quantised = nn.QuantiseOp(reals, element)
    assert host_work(quantised) == Work("", 100, 5 * 100, 0)
    assert host_work(nn.DequantiseOp(quantised.ofm)) == Work("", 100, 5 * 100, 0)
    chosen = nn.SelectOp(tensor(1, 100, element=i1), reals, reals)
    assert host_work(chosen) == Work("", 100, (1 + 3 * 4) * 100, 0)


def test_a_constant_operand_is_a_weight() -> None:
    found = host_work(nn.AddOp(tensor(1, 100), weight(1, 100)))
    assert found == Work("", 100, 2 * 100 * BYTES, 100 * BYTES)


def test_an_operator_of_onnx_goes_over_its_tensors_three_times() -> None:
    indices = TensorType(i64, [10])
    op = nn.OnnxNodeOp("NonZero", "", {"": 13}, [tensor(1, 10)], indices)
    assert host_work(op) == Work("", 10, 3 * (40 + 80), 0)
