"""Turn a placed network into segments: a function for each stay on one side.

func.func @main(%x) {                     func.func @main(%x) {
  %0 = nn.quantise %x {place="host"}        %0 = func.call @segment_0(%x)
  %1 = nn.conv2d %0 {place="machine"}       %1 = func.call @segment_1(%0)
  %2 = nn.lookup %1 {place="machine"} ==>   func.return %1
  func.return %2                          }
}                                         func.func @segment_0 ... {place="host"}
                                          func.func @segment_1 ... {place="machine"}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import (
    ArrayAttr,
    FusedLoc,
    LocationAttr,
    ModuleOp,
    NoneAttr,
    StringAttr,
)
from xdsl.dialects.func import CallOp, FuncOp, ReturnOp
from xdsl.ir import Block, Operation, Region, SSAValue

from ...dialects import nn
from ...dialects.locations import place
from ...errors import AipuError
from ..authoring.functions import main_function
from ..authoring.operators import is_weight
from ..authoring.places import PLACE, REASON, placed_on
from ..authoring.promises import EXACT, AipuPass


@dataclass(frozen=True)
class OutlineSegmentsPass(AipuPass):
    """`@main` only calls `@segment_0`, `@segment_1`, ..., each on one side."""

    name = "outline-segments"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        block = main_function(op).body.block
        became: dict[SSAValue, SSAValue] = {}
        for index, segment in enumerate(segments(block)):
            function, call = outlined(f"segment_{index}", segment, became)
            op.body.block.add_op(function)
            block.insert_op_before(call, returning(block))
            became.update(zip(outer_results(segment), call.results, strict=True))
        only_call(block, became)


@dataclass(frozen=True)
class Segment:
    """Operators on one side, in order."""

    place: str
    operators: list[nn.Operator]


def segments(block: Block) -> list[Segment]:
    """The operators of a block, grouped by how often the data crossed over to them.

    What has crossed equally often, to the same side, is one segment: no operator of it
    waits for another that waits for it through the other side.
    """
    crossings: dict[Operation, int] = {}
    groups: dict[tuple[int, str], list[nn.Operator]] = {}
    for op in block.ops:
        if isinstance(op, nn.WeightOp) or op is block.last_op:
            continue
        if not isinstance(op, nn.Operator):
            raise AipuError(f"expected an operator, found {op.name}", place=place(op))
        side = placed_on(op)
        makers = [v.owner for v in op.operands if isinstance(v.owner, nn.Operator)]
        crossings[op] = max(
            (crossings[maker] + (placed_on(maker) != side) for maker in makers),
            default=0,
        )
        groups.setdefault((crossings[op], side), []).append(op)
    ordered = sorted(groups.items(), key=lambda item: item[0][0])
    return [Segment(side, operators) for (_, side), operators in ordered]


def outlined(
    name: str, segment: Segment, became: Mapping[SSAValue, SSAValue]
) -> tuple[FuncOp, CallOp]:
    """The function of a segment, and the call of it.

    `became` maps the results of earlier segments to those of their calls.
    """
    inputs, results = outer_operands(segment), outer_results(segment)
    types = [value.type for value in inputs], [value.type for value in results]
    function = FuncOp(name, types, Region(segment_body(segment, inputs, results)))
    function.attributes[PLACE] = StringAttr(segment.place)
    function.attributes["reasons"] = ArrayAttr(
        dict.fromkeys(
            op.attributes[REASON] for op in segment.operators if REASON in op.attributes
        )
    )
    call = CallOp(name, [became.get(value, value) for value in inputs], types[1])
    function.location = call.location = fused_location(segment)
    for made, value in zip(call.results, results, strict=True):
        made.name_hint = value.name_hint
    return function, call


def segment_body(
    segment: Segment, inputs: Sequence[SSAValue], results: Sequence[SSAValue]
) -> Block:
    """A copy of the operators, and of the weights that they read."""
    body = Block(arg_types=[value.type for value in inputs])
    copies: dict[SSAValue, SSAValue] = dict(zip(inputs, body.args, strict=True))
    for value, argument in copies.items():
        argument.name_hint = value.name_hint
    for op in segment.operators:
        for value in op.operands:
            if isinstance(value.owner, nn.WeightOp) and value not in copies:
                body.add_op(value.owner.clone(copies))
        body.add_op(op.clone(copies))
    body.add_op(ReturnOp(*(copies[value] for value in results)))
    return body


def outer_operands(segment: Segment) -> list[SSAValue]:
    """What a segment reads and does not make, once each; weights are its own."""
    inside = set(segment.operators)
    operands = (value for op in segment.operators for value in op.operands)
    return list(
        dict.fromkeys(
            value
            for value in operands
            if value.owner not in inside and not is_weight(value)
        )
    )


def outer_results(segment: Segment) -> list[SSAValue]:
    """What a segment makes and others read."""
    inside = set(segment.operators)
    return [
        op.ofm
        for op in segment.operators
        if any(use.operation not in inside for use in op.ofm.uses)
    ]


def fused_location(segment: Segment) -> LocationAttr:
    """All the nodes that a segment comes from."""
    locations = list(dict.fromkeys(op.location for op in segment.operators))
    return (
        locations[0]
        if len(locations) == 1
        else FusedLoc(ArrayAttr(locations), NoneAttr())
    )


def only_call(block: Block, became: Mapping[SSAValue, SSAValue]) -> None:
    """Return the results of the calls, and erase the operators that were outlined."""
    end = returning(block)
    end.operands = [became.get(value, value) for value in end.operands]
    for op in reversed(list(block.ops)):
        if isinstance(op, nn.Operator | nn.WeightOp) and not any(
            result.uses for result in op.results
        ):
            block.erase_op(op)


def returning(block: Block) -> Operation:
    """The operation that ends a block."""
    if block.last_op is None:
        raise AipuError("a function must end in a return")
    return block.last_op
