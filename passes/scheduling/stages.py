"""What a scheduler needs to know of an operator: a table from `nn` to stages.

An operator without a row here cannot run on the machine at all.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod

from xdsl.ir import Operation

from ...backend_aipu.isa import RECORD
from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.nn import shape
from ...errors import AipuError
from .group import Copy, Kind, Map, Stage, View, Window
from .moves import Axis, copy_of, dense_strides, shared_views
from .permutations import permuted_rows


def stage_of(op: Operation) -> Stage:
    """The stage of an operator.

    Raises:
        AipuError: the machine has no instruction for it, or none for such an extent or
            operand.
    """
    if type(op) not in STAGES:
        raise AipuError(
            f"{op.name} cannot run on the machine",
            place=source_name(op),
            remedy="place it on the host (the pass 'place-operators' does)",
        )
    _check_feature_maps(op)
    try:
        return STAGES[type(op)](op)
    except AipuError as error:
        raise AipuError(error.message, place=source_name(op)) from None


def _check_feature_maps(op: Operation) -> None:
    """An operator reads weights from the weight store, and nothing else.

    One of two feature maps may be a constant.
    """
    if isinstance(op, nn.BinaryOperator):
        return
    reads_weights = isinstance(
        op, nn.Conv2dOp | nn.FullyConnectedOp | nn.LookupOp | nn.SoftmaxOp
    )
    for value in op.operands[:1] if reads_weights else op.operands:
        if isinstance(value.owner, nn.WeightOp):
            raise AipuError(
                f"{op.name} reads the constant '{value.owner.key.data}' as if it were "
                "a feature map",
                place=source_name(op),
                remedy="place it on the host (the pass 'place-operators' does)",
            )


def feature_map(extents: tuple[int, ...]) -> Map:
    """The extents of a feature map [images, rows, columns, channels]."""
    images, rows, columns, channels = extents
    return (images, rows, columns, channels)


def _pairs(values: tuple[int, ...]) -> tuple[int, int]:
    rows, columns = values
    return (rows, columns)


def _sides(values: tuple[int, ...]) -> tuple[int, int, int, int]:
    top, left, bottom, right = values
    return (top, left, bottom, right)


def _conv2d(op: Operation) -> Stage:
    assert isinstance(op, nn.Conv2dOp)
    ifm, ofm = feature_map(shape(op.ifm)), feature_map(shape(op.ofm))
    weight = shape(op.weight)
    groups = op.groups.value.data
    depthwise = groups > 1 and weight[3] == 1 and ifm[3] == ofm[3]
    stride = _pairs(op.stride.get_values())
    view = None
    if weight[1:3] == (1, 1) and not any(op.pad.get_values()) and stride != (1, 1):
        view = _every(stride, ifm, ofm)
        ifm, stride = view.shape, (1, 1)
    return Stage(
        source_name(op),
        op.name,
        "mac.depthwise" if depthwise else "mac.conv",
        Kind.DEPTHWISE if depthwise else Kind.CONVOLUTION,
        ifm,
        ofm,
        window=Window(
            _pairs(weight[1:3]),
            stride,
            _pairs(op.dilation.get_values()),
            _sides(op.pad.get_values()),
        ),
        groups=groups,
        macs=prod(ofm) * prod(weight[1:]),
        weight_bytes=prod(weight),
        parameter_bytes=RECORD * ofm[3],
        ifm_view=view,
    )


def _every(stride: tuple[int, int], ifm: Map, ofm: Map) -> View:
    """The pixels of the ifm that a strided 1x1 convolution reads, and no others."""
    image, row, column, channel = View.dense(ifm).strides
    shape = (ifm[0], ofm[1], ofm[2], ifm[3])
    return View(shape, (image, row * stride[0], column * stride[1], channel))


def _fully_connected(op: Operation) -> Stage:
    assert isinstance(op, nn.FullyConnectedOp)
    (count, depth), channels = shape(op.ifm), shape(op.ofm)[1]
    return Stage(
        source_name(op),
        op.name,
        "mac.conv",
        Kind.CONVOLUTION,
        (1, count, 1, depth),
        (1, count, 1, channels),
        macs=count * depth * channels,
        weight_bytes=depth * channels,
        parameter_bytes=RECORD * channels,
    )


def _matmul(op: Operation) -> Stage:
    """Images of rows, by a weight for each image."""
    assert isinstance(op, nn.MatMulOp)
    *leading, rows, depth = shape(op.lhs)
    if op.transposed is None or [*shape(op.rhs)[:-2]] != leading:
        raise AipuError(
            f"a product of {[*leading, rows, depth]} and {list(shape(op.rhs))} "
            "whose second side is not transposed, or is broadcast"
        )
    images, channels = prod(leading), shape(op.ofm)[-1]
    return Stage(
        source_name(op),
        op.name,
        "mac.conv",
        Kind.CONVOLUTION,
        (images, rows, 1, depth),
        (images, rows, 1, channels),
        macs=images * rows * depth * channels,
        parameter_bytes=RECORD * channels,
        computed_weight=True,
    )


def _softmax(op: Operation) -> Stage:
    assert isinstance(op, nn.SoftmaxOp)
    *leading, channels = shape(op.ifm)
    if op.axis.value.data != len(leading):
        raise AipuError("a softmax along another axis than the last")
    rows = (1, prod(leading), 1, channels)
    return Stage(
        source_name(op),
        op.name,
        "vector.softmax",
        Kind.ELEMENTWISE,
        rows,
        rows,
        parameter_bytes=512,
        by_row=True,
    )


def _bytewise(mnemonic: str, parameter_bytes: int = 0) -> Callable[[Operation], Stage]:
    def stage(op: Operation) -> Stage:
        flat = (1, prod(shape(op.results[0])), 1, 1)
        return Stage(
            source_name(op),
            op.name,
            mnemonic,
            Kind.ELEMENTWISE,
            flat,
            flat,
            parameter_bytes=parameter_bytes,
        )

    return stage


def _pair(mnemonic: str) -> Callable[[Operation], Stage]:
    """An operator of two feature maps, of which each may be broadcast."""

    def stage(op: Operation) -> Stage:
        lhs, rhs = map(shape, op.operands)
        walked, views = shared_views(shape(op.results[0]), lhs, rhs)
        return Stage(
            source_name(op),
            op.name,
            mnemonic,
            Kind.ELEMENTWISE,
            walked,
            walked,
            ("lhs", "rhs"),
            views=tuple(views),
        )

    return stage


def _max_pool2d(op: Operation) -> Stage:
    assert isinstance(op, nn.MaxPool2dOp)
    return _pool(op, "vector.max_pool", 0)


def _avg_pool2d(op: Operation) -> Stage:
    assert isinstance(op, nn.AvgPool2dOp)
    records = len(op.rescale.data.multipliers) if op.rescale else 1
    return _pool(op, "vector.avg_pool", RECORD * records)


def _pool(
    op: nn.MaxPool2dOp | nn.AvgPool2dOp, mnemonic: str, parameter_bytes: int
) -> Stage:
    return Stage(
        source_name(op),
        op.name,
        mnemonic,
        Kind.POOL,
        feature_map(shape(op.ifm)),
        feature_map(shape(op.ofm)),
        window=Window(
            _pairs(op.kernel.get_values()),
            _pairs(op.stride.get_values()),
            pad=_sides(op.pad.get_values()),
        ),
        parameter_bytes=parameter_bytes,
    )


def _concat(op: Operation) -> Stage:
    assert isinstance(op, nn.ConcatOp)
    strides = dense_strides(shape(op.ofm))
    axis = op.axis.value.data
    copies: list[Copy] = []
    at = 0
    for number, value in enumerate(op.inputs):
        part = shape(value)
        axes = map(Axis, part, part, _zeros(part), dense_strides(part), strides)
        copies.append(copy_of(number, axes, target_offset=at * strides[axis]))
        at += part[axis]
    return _move(op, copies)


def _slice(op: Operation) -> Stage:
    assert isinstance(op, nn.SliceOp)
    ifm, ofm = dense_strides(shape(op.ifm)), dense_strides(shape(op.ofm))
    sizes = op.sizes.get_values()
    steps = (n * step for n, step in zip(ifm, op.strides.get_values(), strict=True))
    first = sum(n * at for n, at in zip(ifm, op.starts.get_values(), strict=True))
    axes = map(Axis, sizes, sizes, _zeros(sizes), steps, ofm)
    return _move(op, [copy_of(0, axes, source_offset=first)])


def _pad(op: Operation) -> Stage:
    assert isinstance(op, nn.PadOp)
    ifm, ofm = shape(op.ifm), shape(op.ofm)
    origin = (-low for low in op.low.get_values())
    axes = map(Axis, ofm, ifm, origin, dense_strides(ifm), dense_strides(ofm))
    return _move(op, [copy_of(0, axes)])


def _zeros(values: Sequence[int]) -> list[int]:
    return [0] * len(values)


def _move(op: Operation, copies: list[Copy]) -> Stage:
    flat = (1, prod(shape(op.results[0])), 1, 1)
    return Stage(
        source_name(op), op.name, "", Kind.MOVE, flat, flat, copies=tuple(copies)
    )


def _transpose(op: Operation) -> Stage:
    assert isinstance(op, nn.TransposeOp)
    rows, box, steps = permuted_rows(shape(op.ifm), op.permutation.get_values())
    flat = (1, rows, 1, prod(box))
    return Stage(
        source_name(op),
        op.name,
        "vector.permute",
        Kind.PERMUTE,
        flat,
        flat,
        box=box,
        steps=steps,
    )


STAGES: Mapping[type[Operation], Callable[[Operation], Stage]] = {
    nn.Conv2dOp: _conv2d,
    nn.FullyConnectedOp: _fully_connected,
    nn.MatMulOp: _matmul,
    nn.SoftmaxOp: _softmax,
    nn.AddOp: _pair("vector.add"),
    nn.SubOp: _pair("vector.add"),
    nn.MulOp: _pair("vector.multiply"),
    nn.MaximumOp: _pair("vector.maximum"),
    nn.MinimumOp: _pair("vector.minimum"),
    nn.RequantiseOp: _bytewise("vector.requantise"),
    nn.LookupOp: _bytewise("vector.lookup", parameter_bytes=256),
    nn.MaxPool2dOp: _max_pool2d,
    nn.AvgPool2dOp: _avg_pool2d,
    nn.ConcatOp: _concat,
    nn.SliceOp: _slice,
    nn.PadOp: _pad,
    nn.TransposeOp: _transpose,
}
