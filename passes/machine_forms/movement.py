"""What brings elements elsewhere: copies by the DMA engines, rows that are permuted."""

from collections.abc import Sequence
from math import prod

from xdsl.dialects.builtin import TensorType

from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.nn import Clamp, shape
from ...dialects.semantics.weights import WeightStore
from ..authoring.operators import is_weight
from .form import MachineForm, Op, Wants, machine_form
from .moves import Axis, copy_of, dense_strides
from .numbers import Numbers, type_of
from .permutations import permuted_rows
from .site import Site
from .stage import ChannelSpan, Copy, Kind, Stage


class MoveForm(MachineForm[Op]):
    """On integers, it moves those."""

    def quantised(self, op: Op, site: Site) -> nn.Operator:
        return on_integers_of_ofm(op, site)


@machine_form(nn.ReshapeOp)
class ReshapeForm(MoveForm[nn.ReshapeOp]):
    """Another name of the same bytes."""

    is_work = False


@machine_form(nn.ConcatOp)
class ConcatForm(MoveForm[nn.ConcatOp]):
    """A copy of each part."""

    wants = Wants.AS_THE_OFM

    def why_not(self, op: nn.ConcatOp) -> str | None:
        """No operand is a constant."""
        constant = any(is_weight(value) for value in op.inputs)
        return "one operand is a constant tensor" if constant else None

    def stage(self, op: nn.ConcatOp) -> Stage:
        strides = dense_strides(shape(op.ofm))
        axis = op.axis.value.data
        copies: list[Copy] = []
        parts: list[ChannelSpan] = []
        at = 0
        for number, value in enumerate(op.inputs):
            part = shape(value)
            axes = map(Axis, part, part, zeros(part), dense_strides(part), strides)
            copies.append(copy_of(number, axes, target_offset=at * strides[axis]))
            parts.append(ChannelSpan(0, at, part[axis]))
            at += part[axis]
        return move(op, copies, parts if axis == len(strides) - 1 else ())


@machine_form(nn.SliceOp)
class SliceForm(MoveForm[nn.SliceOp]):
    """A copy from where the slice begins."""

    def stage(self, op: nn.SliceOp) -> Stage:
        ifm, ofm = dense_strides(shape(op.ifm)), dense_strides(shape(op.ofm))
        sizes, strides = op.sizes.get_values(), op.strides.get_values()
        steps = (n * step for n, step in zip(ifm, strides, strict=True))
        starts = op.starts.get_values()
        first = sum(n * at for n, at in zip(ifm, starts, strict=True))
        axes = map(Axis, sizes, sizes, zeros(sizes), steps, ofm)
        channels = sizes[:-1] == shape(op.ifm)[:-1] and {*strides} == {1}
        parts = [ChannelSpan(starts[-1], 0, sizes[-1])] if channels else ()
        return move(op, [copy_of(0, axes, source_offset=first)], parts)


@machine_form(nn.PadOp)
class PadForm(MoveForm[nn.PadOp]):
    """A copy that reaches beyond its source."""

    def stage(self, op: nn.PadOp) -> Stage:
        ifm, ofm = shape(op.ifm), shape(op.ofm)
        origin = (-low for low in op.low.get_values())
        axes = map(Axis, ofm, ifm, origin, dense_strides(ifm), dense_strides(ofm))
        return move(op, [copy_of(0, axes)])

    def numbers(self, op: nn.PadOp, weights: WeightStore) -> Numbers:
        bound = op.value.value.data
        fill, _ = Clamp(bound, bound).stored(type_of(op.ofm))
        return Numbers(fill=fill)


@machine_form(nn.TransposeOp)
class TransposeForm(MoveForm[nn.TransposeOp]):
    """A permutation of the bytes of each row."""

    def stage(self, op: nn.TransposeOp) -> Stage:
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


def on_integers_of_ofm(op: nn.Operator, site: Site) -> nn.Operator:
    """The same operator on other elements."""
    return type(op).create(
        operands=site.inputs,
        properties=op.properties.copy(),
        result_types=[TensorType(site.element, shape(op.ofm))],
    )


def move(
    op: nn.Operator, copies: Sequence[Copy], parts: Sequence[ChannelSpan] = ()
) -> Stage:
    """The stage of copies, which see single bytes; or, if it has parts, channels."""
    flat = (1, prod(shape(op.ofm)), 1, 1)
    return Stage(
        source_name(op),
        op.name,
        "",
        Kind.MOVE,
        flat,
        flat,
        copies=tuple(copies),
        parts=tuple(parts),
    )


def zeros(values: Sequence[int]) -> list[int]:
    """As many zeros."""
    return [0] * len(values)
