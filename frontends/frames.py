"""Whether a network treats the frames of a batch one by one.

A file of a static batch that is run with another was never meant to: a mean over the
leading axis would mix frames, a slice would drop them. Here the axis that frames lie
along is followed through every operator, from the leading one of each input. Along it
they are whole blocks, one behind another.
"""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from xdsl.ir import Block, SSAValue

from ..dialects import nn
from ..dialects.locations import place
from ..dialects.nn.shapes import Shape
from ..errors import AipuError

REMEDY = "build it without --batch, and run frame after frame"

Weights = Mapping[str, np.ndarray]


class MixedFramesError(Exception):
    """What an operator does to frames; it is said of its node."""


def check_frames(
    block: Block, outputs: Mapping[str, SSAValue], weights: Weights, count: int
) -> None:
    """See to it that a network of `count` frames computes what as many runs would.

    Raises:
        AipuError: an operator mixes or drops frames; it names the node.
    """
    axes: dict[SSAValue, int] = {
        argument: 0 for argument in block.args if nn.shape(argument)
    }
    for op in block.ops:
        if isinstance(op, nn.Operator):
            try:
                axis = _Frames(op, axes, weights, count).axis()
            except MixedFramesError as error:
                message = f"with {count} frames at once, it {error}"
                raise AipuError(message, place=place(op), remedy=REMEDY) from None
            if axis is not None:
                axes[op.ofm] = axis
    for name, value in outputs.items():
        if axes.get(value, 0):
            raise AipuError(
                f"with {count} frames at once, they lie along axis {axes[value]}",
                place=f"output '{name}'",
                remedy=REMEDY,
            )


class _Frames:
    """One operator, the axes of the frames of its operands, and what it makes of them.

    Values that depend on no input have no such axis.
    """

    def __init__(
        self,
        op: nn.Operator,
        axes: Mapping[SSAValue, int],
        weights: Weights,
        count: int,
    ):
        self.op = op
        self.axes = axes
        self.weights = weights
        self.count = count

    def axis(self) -> int | None:
        """The axis of the frames of the result; None if it depends on none.

        Raises:
            MixedFramesError: they are not treated one by one.
        """
        if not any(operand in self.axes for operand in self.op.operands):
            return None
        match self.op:
            case nn.OnnxNodeOp():
                return self.of_onnx(self.op)
            case nn.BinaryOperator() | nn.SelectOp() | nn.PReluOp():
                return self.aligned(self.op.operands, len(nn.shape(self.op.ofm)))
            case nn.MatMulOp():
                return self.product(self.op)
            case nn.ConcatOp():
                axis = self.aligned(self.op.operands, len(nn.shape(self.op.ofm)))
                return self.spared(axis, [self.op.axis.value.data], "joins them")
            case nn.TransposeOp():
                return self.op.permutation.get_values().index(self.first())
            case nn.ReshapeOp():
                return self.reshaped(nn.shape(self.op.ifm), nn.shape(self.op.ofm))
            case nn.SliceOp():
                return self.whole(self.op)
            case nn.PadOp():
                ends = zip(
                    self.op.low.get_values(), self.op.high.get_values(), strict=True
                )
                padded = [axis for axis, each in enumerate(ends) if any(each)]
                return self.spared(self.first(), padded, "pads between them")
            case nn.ReduceOperator():
                return self.reduced(self.op.axes.get_values(), self.op.keep is not None)
            case nn.ArgOperator():
                return self.reduced([self.op.axis.value.data], self.op.keep is not None)
            case _:
                return self.spared(self.first(), along(self.op), "computes across them")

    def first(self) -> int:
        """The axis of the first operand, which must be the only one with frames."""
        first, *others = self.op.operands
        together = [value for value in others if value in self.axes]
        if isinstance(self.op, nn.DetectOp):
            together.remove(self.op.scores)
        if first not in self.axes or together:
            raise MixedFramesError("would have parameters that differ by frame")
        return self.axes[first]

    def spared(self, axis: int, along: Sequence[int], what: str) -> int:
        """`axis`, if nothing is done along it."""
        if axis in along:
            raise MixedFramesError(f"{what}, along axis {axis}")
        return axis

    def aligned(self, values: Sequence[SSAValue], rank: int) -> int:
        """The axis of values that are broadcast to a rank, if all have the same."""
        found = {
            rank - len(nn.shape(value)) + self.axes[value]
            for value in values
            if value in self.axes
        }
        if len(found) > 1:
            raise MixedFramesError("computes with frames along different axes")
        axis = found.pop()
        for value in values:
            own = axis - rank + len(nn.shape(value))
            if value not in self.axes and own >= 0:
                self.check_alike(value, own)
        return axis

    def check_alike(self, value: SSAValue, axis: int) -> None:
        """Whether a constant is the same for every frame along its own `axis`."""
        if nn.shape(value)[axis] == 1:
            return
        if isinstance(value.owner, nn.WeightOp):
            array = self.weights[value.owner.key.data]
            blocks = np.split(array, self.count, axis)
            if all(np.array_equal(blocks[0], each) for each in blocks[1:]):
                return
        raise MixedFramesError("reads a constant that differs by frame")

    def product(self, op: nn.MatMulOp) -> int:
        """Of matrices: leading axes are broadcast, rows and columns are kept."""
        rank = len(nn.shape(op.ofm))
        lhs, rhs = self.axes.get(op.lhs), self.axes.get(op.rhs)
        rows = len(nn.shape(op.lhs)) - 2
        columns = len(nn.shape(op.rhs)) - (2 if op.transposed is not None else 1)
        if rhs is None and lhs == rows:
            return rank - 2
        if lhs is None and rhs == columns:
            return rank - 1
        for axis, value in ((lhs, op.lhs), (rhs, op.rhs)):
            if axis is not None and axis >= len(nn.shape(value)) - 2:
                raise MixedFramesError("sums over them, or multiplies one by another")
        return self.aligned(op.operands, rank)

    def reshaped(self, before: Shape, after: Shape) -> int:
        """The axis of the result that the blocks of frames are whole along."""
        wanted, outside = prod(before[: self.first()]), 1
        for axis, extent in enumerate(after):
            if outside == wanted and extent > 1 and extent % self.count == 0:
                return axis
            outside *= extent
        raise MixedFramesError(f"reshapes them apart: {list(before)} to {list(after)}")

    def whole(self, op: nn.SliceOp) -> int:
        axis = self.first()
        size, extent = op.sizes.get_values()[axis], nn.shape(op.ifm)[axis]
        if size != extent or op.strides.get_values()[axis] != 1:
            raise MixedFramesError(f"takes {size} of {extent} along axis {axis}")
        return axis

    def reduced(self, axes: Sequence[int], kept: bool) -> int:
        axis = self.spared(self.first(), axes, "reduces them to one")
        return axis if kept else axis - sum(each < axis for each in axes)

    def of_onnx(self, op: nn.OnnxNodeOp) -> int:
        """Of nodes that onnx itself computes: those that are known to be sound."""
        kind, framed = op.operator.data, [v for v in op.operands if v in self.axes]
        if kind in OF_ELEMENTS:
            return self.aligned(op.operands, len(nn.shape(op.ofm)))
        if kind in RESHAPES:
            return self.reshaped(nn.shape(op.operands[0]), nn.shape(op.ofm))
        of_images = (
            kind in OF_IMAGES and nn.shape(op.ofm)[:1] == nn.shape(framed[0])[:1]
        )
        if of_images and all(self.axes[value] == 0 for value in framed):
            return 0
        if kind == "Gather" and framed == [op.operands[1]] and nn.shape(op.ofm):
            axis = len(nn.shape(op.ofm)) - len(nn.shape(op.operands[0])) + 1
            picked = len(nn.shape(op.operands[1]))
            if axis == picked and nn.shape(op.ofm)[:picked] == nn.shape(framed[0]):
                return self.axes[framed[0]]
        raise MixedFramesError(f"is ONNX's own {kind}, which may mix them")


def along(op: nn.Operator) -> Sequence[int]:
    """The axes of its first operand that an operator computes across."""
    rank = len(nn.shape(op.operands[0]))
    match op:
        case nn.UnaryOperator() | nn.ClampOp() | nn.QuantiseOp() | nn.DequantiseOp():
            return []
        case nn.RequantiseOp() | nn.LookupOp():
            return []
        case nn.BatchNormOp() | nn.LrnOp():
            return [rank - 1]
        case nn.LayerNormOp() | nn.RmsNormOp():
            return range(rank - len(nn.shape(op.gain)), rank)
        case nn.SoftmaxOp() | nn.LpNormOp():
            return [op.axis.value.data]
        case _:
            return range(1, rank)


OF_ELEMENTS = {
    "Abs", "Add", "And", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr",
    "BitwiseXor", "Cast", "Ceil", "Clip", "Div", "Equal", "Floor", "Greater",
    "GreaterOrEqual", "Identity", "IsInf", "IsNaN", "Less", "LessOrEqual", "Max", "Min",
    "Mod", "Mul", "Neg", "Not", "Or", "Pow", "Relu", "Round", "Sign", "Sub", "Sum",
    "Where", "Xor",
}  # fmt: skip
"""Nodes of ONNX that treat every element alike."""

RESHAPES = {"Flatten", "Reshape", "Squeeze", "Unsqueeze"}

OF_IMAGES = {
    "AveragePool", "Conv", "ConvTranspose", "DepthToSpace", "GridSample", "LpPool",
    "MaxPool", "Resize", "SpaceToDepth", "Upsample",
}  # fmt: skip
"""Nodes of ONNX that treat every image of their leading axis by itself."""
