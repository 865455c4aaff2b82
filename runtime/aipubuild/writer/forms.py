"""How an operator is written: `FORMS` maps it to a function that fills a sheet.

A function writes constants and attributes; type, method and tensors are written for
all alike. What has no function has nothing more to say.
"""

from collections.abc import Callable, Mapping, Sequence

from xdsl.ir import Operation

from ....dialects import nn
from ....dialects.nn import Clamp, Rescale, RescaleAttr
from ....dialects.quant import quantisation
from ....frontends.zhouyi_ir.elements import OFFSETS
from ....frontends.zhouyi_ir.layer_types import LAYER_TYPES
from . import multiplying, pooling, resampling, softmax
from .clamps import put_activation, put_method
from .rescales import put_rescale
from .sheet import Sheet, stored, type_name

ALIKE = RescaleAttr(Rescale((1, 1, 1), 0))
"""Of result and both parts, where all have one scale."""

Form = Callable[..., None]
"""Takes an operator of its type, and a sheet."""


def elementwise(op: nn.BinaryOperator, sheet: Sheet) -> None:
    put_activation(op.activation.data, op.ofm, sheet)
    put_rescale(op.rescale, sheet)


def choose(op: nn.MaximumOp | nn.MinimumOp, sheet: Sheet) -> None:
    """On integers all three tensors have one scale, so that nothing is multiplied."""
    put_activation(op.activation.data, op.ofm, sheet)
    if quantisation(op.ofm) is not None:
        put_rescale(ALIKE, sheet)


def clamp(op: nn.ClampOp, sheet: Sheet) -> None:
    put_method(op.bounds.data, op.ofm, sheet)


def requantise(op: nn.RequantiseOp, sheet: Sheet) -> None:
    put_method(op.activation.data, op.ofm, sheet)
    put_rescale(op.rescale, sheet)


def lookup(op: nn.LookupOp, sheet: Sheet) -> None:
    """The table goes from the least integer to the greatest."""
    sheet.keep("lut", stored(op.ofm, sheet.embed(op.table)))


def with_alpha(name: str = "alpha") -> Form:
    def form(op: nn.Operator, sheet: Sheet) -> None:
        assert isinstance(op, nn.AlphaOperator)
        sheet.put(**{name: op.alpha.value.data})

    return form


def gelu(op: nn.Operator, sheet: Sheet) -> None:
    sheet.put(approximate="TANH" if isinstance(op, nn.GeluTanhOp) else "NONE")


def hard_sigmoid(op: nn.HardSigmoidOp, sheet: Sheet) -> None:
    sheet.put(alpha=op.alpha.value.data, beta=op.beta.value.data)


def shrink(op: nn.ShrinkOp, sheet: Sheet) -> None:
    sheet.put(lambd=op.bound.value.data, bias=op.bias.value.data)


def prelu(op: nn.PReluOp, sheet: Sheet) -> None:
    sheet.keep("negative_slope", sheet.embed(op.slope))


def reshape(op: nn.ReshapeOp, sheet: Sheet) -> None:
    sheet.put(shape=list(nn.shape(op.ofm)))


def transpose(op: nn.TransposeOp, sheet: Sheet) -> None:
    sheet.put(perm=list(op.permutation.get_values()))


def axis(op: nn.ConcatOp, sheet: Sheet) -> None:
    sheet.put(axis=op.axis.value.data)


def slice_(op: nn.SliceOp, sheet: Sheet) -> None:
    starts, strides = op.starts.get_values(), op.strides.get_values()
    ends: list[int] = []
    for extent, start, size, stride in zip(
        nn.shape(op.ifm), starts, op.sizes.get_values(), strides, strict=True
    ):
        end = start + (size - 1) * stride + (1 if stride > 0 else -1)
        # Before the first element is where counting from the end cannot reach.
        ends.append(end if end >= 0 else -extent - 1)
    sheet.put(begin=list(starts), end=ends, strides=list(strides))


def pad(op: nn.PadOp, sheet: Sheet) -> None:
    pairs = zip(op.low.get_values(), op.high.get_values(), strict=True)
    element, value = quantisation(op.ofm), op.value.value.data
    filled: int | float = value
    if element is not None:
        stored, _ = Clamp(value, value).stored(element)
        filled = stored + OFFSETS[type_name(op.ofm)]
    sheet.put(
        mode="CONSTANT",
        pads=[[low, high] for low, high in pairs],
        constant_value=filled,
    )


def layer_norm(op: nn.LayerNormOp, sheet: Sheet) -> None:
    gain, offset = sheet.embed(op.gain), sheet.embed(op.offset)
    sheet.keep("biases", offset)
    sheet.keep("weights", gain)
    rank = len(nn.shape(op.ifm))
    sheet.put(axis=list(range(rank - gain.ndim, rank)), epsilon=op.epsilon.value.data)


def response(op: nn.LrnOp, sheet: Sheet) -> None:
    sheet.put(
        size=op.size.value.data,
        alpha=op.alpha.value.data,
        beta=op.beta.value.data,
        bias=op.bias.value.data,
    )


def reduce(op: nn.ReduceOperator, sheet: Sheet) -> None:
    sheet.put(axis=list(op.axes.get_values()))


def arg_min_max(op: nn.ArgOperator, sheet: Sheet) -> None:
    sheet.put(axis=op.axis.value.data, select_last_index=op.last is not None)


FORMS: Mapping[type[Operation], Form] = {
    nn.AddOp: elementwise,
    nn.SubOp: elementwise,
    nn.MulOp: elementwise,
    nn.DivOp: elementwise,
    nn.PowOp: elementwise,
    nn.MinimumOp: choose,
    nn.MaximumOp: choose,
    nn.ClampOp: clamp,
    nn.RequantiseOp: requantise,
    nn.LookupOp: lookup,
    nn.CeluOp: with_alpha(),
    nn.EluOp: with_alpha(),
    nn.LeakyReluOp: with_alpha("negative_slope_value"),
    nn.ThresholdedReluOp: with_alpha(),
    nn.GeluOp: gelu,
    nn.GeluTanhOp: gelu,
    nn.HardSigmoidOp: hard_sigmoid,
    nn.ShrinkOp: shrink,
    nn.PReluOp: prelu,
    nn.ReshapeOp: reshape,
    nn.TransposeOp: transpose,
    nn.ConcatOp: axis,
    nn.SliceOp: slice_,
    nn.PadOp: pad,
    nn.LayerNormOp: layer_norm,
    nn.LrnOp: response,
    nn.ReduceMeanOp: reduce,
    nn.ReduceSumOp: reduce,
    nn.ReduceMinOp: reduce,
    nn.ReduceMaxOp: reduce,
    nn.ReduceProdOp: reduce,
    nn.ArgMaxOp: arg_min_max,
    nn.ArgMinOp: arg_min_max,
    **multiplying.FORMS,
    **pooling.FORMS,
    **resampling.FORMS,
    **softmax.FORMS,
}


def has_form(op: nn.Operator) -> bool:
    """Whether the IR can say an operator as it is."""
    known = type(op) in FORMS or type(op) in LAYER_TYPES
    return known and all(condition(op) for condition in CONDITIONS.get(type(op), ()))


def one_slope_a_channel(op: nn.Operator) -> bool:
    assert isinstance(op, nn.PReluOp)
    return nn.shape(op.slope) in ((), (1,), nn.shape(op.ifm)[-1:])


def of_one_type(op: nn.Operator) -> bool:
    """Whether what an operator reads has the type of what it makes."""
    return {nn.element_type(value) for value in op.operands} == {
        nn.element_type(op.ofm)
    }


def without_slope(op: nn.Operator) -> bool:
    """Whether sums below 0 are scaled as all others are."""
    assert isinstance(op, nn.WeightedSums)
    return op.slope is None and len(op.rescale) < 4


CONDITIONS: Mapping[type[Operation], Sequence[Callable[[nn.Operator], bool]]] = {
    nn.MaximumOp: (of_one_type,),
    nn.MinimumOp: (of_one_type,),
    nn.PReluOp: (one_slope_a_channel,),
    nn.Conv2dOp: (without_slope,),
    nn.FullyConnectedOp: (without_slope,),
    nn.ResizeOp: (resampling.is_usual,),
}
