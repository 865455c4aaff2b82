"""The `tile` dialect: which operators run together, and in which tiles or stripes.

A group is a piece of work: one operator in tiles, or several in stripes, with what
passes between them kept on chip. It means what the operators inside it mean; the
schedule says how, and changes no value.
"""

from collections.abc import Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import ArrayAttr, StringAttr
from xdsl.ir import (
    Attribute,
    Data,
    Dialect,
    OpResult,
    Region,
    SpacedOpaqueSyntaxAttribute,
    SSAValue,
)
from xdsl.irdl import (
    IRDLOperation,
    irdl_attr_definition,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.traits import IsolatedFromAbove, IsTerminator
from xdsl.utils.exceptions import VerifyException

from . import nn

DATAFLOWS = ("ws", "os", "is")


class GroupSchedule(NamedTuple):
    """How a group of one operator runs: its loops, outermost first, and a tile.

    The loops are of `image`, `row`, `column` and `channel` of the ofm and, innermost,
    `depth` of the ifm channels; a permutation has other dimensions, to which `rows`,
    `columns`, `channels` and `depth` belong in their order. `slots` is 2 where the next
    tile arrives behind the running one. What is `joined` runs in the launch of the
    group before it, as far as a launch holds both.
    """

    order: tuple[str, ...]
    rows: int
    columns: int
    channels: int
    depth: int
    dataflow: str
    slots: int
    joined: bool = False

    @property
    def tile(self) -> tuple[int, int, int, int]:
        """The extents of a tile, as they are written."""
        return (self.rows, self.columns, self.channels, self.depth)


class Weights(NamedTuple):
    """How an operator's constants come on chip: its weights, if it has some.

    slots: 0 if all of them are there before the first stripe; else those of a ring of
        tiles of `channels` ofm channels, which come again in every stripe.
    depth: the ifm channels of a tile; 0 if it has all of them.
    held: whether all of them, and its parameters, are there from the first operator of
        the function that holds the same ones, with which they come, to the last.
    """

    slots: int = 0
    channels: int = 0
    depth: int = 0
    held: bool = False

    @property
    def text(self) -> str:
        """`once`, `held`, `stream 3 of 64` or `stream 3 of 64 deep 128`."""
        if self.held:
            return "held"
        if not self.slots:
            return "once"
        deep = f" deep {self.depth}" if self.depth else ""
        return f"stream {self.slots} of {self.channels}{deep}"


class StripedSchedule(NamedTuple):
    """How a group runs in stripes of `rows` rows of its result, its maps on chip.

    weights: of each operator, in their order.
    images: so many of a batch are there at once, and share a tile of weights that is
        streamed; the batch is made of whole such lots.
    ahead: whether what the group reads comes in behind the running stripe.
    joined: as of a `GroupSchedule`.
    kept: whether the result stays on chip, for the groups that read it, and does not
        go to DRAM.
    """

    rows: int
    weights: tuple[Weights, ...]
    dataflow: str
    ahead: bool = True
    joined: bool = False
    kept: bool = False
    images: int = 1

    @property
    def text(self) -> str:
        """As it is written."""
        weights = ", ".join(each.text for each in self.weights)
        images = f" images {self.images}" if self.images > 1 else ""
        return (
            f"rows {self.rows}{images} weights [{weights}] {self.dataflow}"
            f"{' ahead' if self.ahead else ''}{' joined' if self.joined else ''}"
            f"{' result sram' if self.kept else ''}"
        )


Schedule = GroupSchedule | StripedSchedule

MOST = (1 << 31) - 1
"""More than any map or ring has of anything."""


@irdl_attr_definition
class ScheduleAttr(Data[Schedule], SpacedOpaqueSyntaxAttribute):
    """A schedule: `order [row, channel] tile [8, 56, 64, 256] ws slots 2 joined`."""

    name = "tile.schedule"

    def verify(self) -> None:
        schedule = self.data
        if schedule.dataflow not in DATAFLOWS:
            raise VerifyException(f"no dataflow '{schedule.dataflow}'")
        if isinstance(schedule, StripedSchedule):
            if any(each.held and any(each[:3]) for each in schedule.weights):
                raise VerifyException("weights that are held come in no tiles")
            streamed = [each for each in schedule.weights if any(each[:3])]
            sizes = [size for each in streamed for size in (each.slots, each.channels)]
            if min(schedule.rows, schedule.images, *sizes, 1) < 1:
                raise VerifyException(
                    "rows, images, slots and channels count at least 1"
                )
            depths = [each.depth for each in streamed]
            if min(depths, default=0) < 0:
                raise VerifyException("a tile of weights is 1 deep at least")
            if max(schedule.rows, schedule.images, *sizes, *depths) > MOST:
                raise VerifyException(f"no number of a schedule is more than {MOST}")
            return
        if min(*schedule.tile, schedule.slots) < 1:
            raise VerifyException("tiles and slots count at least 1")
        if len(set(schedule.order)) != len(schedule.order):
            raise VerifyException(f"a loop twice in {list(schedule.order)}")

    def print_parameter(self, printer: Printer) -> None:
        schedule = self.data
        if isinstance(schedule, StripedSchedule):
            printer.print_string(schedule.text)
            return
        printer.print_string(
            f"order [{', '.join(schedule.order)}] tile {list(schedule.tile)} "
            f"{schedule.dataflow} slots {schedule.slots}"
            f"{' joined' if schedule.joined else ''}"
        )

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Schedule:
        if parser.parse_optional_keyword("rows"):
            return _striped(parser)
        parser.parse_keyword("order")
        order = parser.parse_comma_separated_list(
            parser.Delimiter.SQUARE, parser.parse_identifier
        )
        parser.parse_keyword("tile")
        tile = parser.parse_comma_separated_list(
            parser.Delimiter.SQUARE, parser.parse_integer
        )
        if len(tile) != 4:
            parser.raise_error("expected a tile [rows, columns, channels, depth]")
        dataflow = parser.parse_keyword_in(DATAFLOWS)
        parser.parse_keyword("slots")
        rows, columns, channels, depth = tile
        slots = parser.parse_integer()
        joined = parser.parse_optional_keyword("joined") is not None
        return GroupSchedule(
            tuple(order), rows, columns, channels, depth, dataflow, slots, joined
        )


def _striped(parser: AttrParser) -> StripedSchedule:
    """`2 images 4 weights [once, stream 3 of 64] ws ahead joined`, behind `rows`"""
    rows = parser.parse_integer()
    images = parser.parse_integer() if parser.parse_optional_keyword("images") else 1
    parser.parse_keyword("weights")
    weights = parser.parse_comma_separated_list(
        parser.Delimiter.SQUARE, lambda: _weights(parser)
    )
    dataflow = parser.parse_keyword_in(DATAFLOWS)
    ahead = parser.parse_optional_keyword("ahead") is not None
    joined = parser.parse_optional_keyword("joined") is not None
    kept = parser.parse_optional_keyword("result") is not None
    if kept:
        kept = parser.parse_keyword_in(("dram", "sram")) == "sram"
    return StripedSchedule(rows, tuple(weights), dataflow, ahead, joined, kept, images)


def _weights(parser: AttrParser) -> Weights:
    word = parser.parse_keyword_in(("once", "held", "stream"))
    if word != "stream":
        return Weights(held=word == "held")
    slots = parser.parse_integer()
    if slots < 1:
        parser.raise_error("a ring of weights has a slot at least")
    parser.parse_keyword("of")
    channels = parser.parse_integer()
    if not parser.parse_optional_keyword("deep"):
        return Weights(slots, channels)
    depth = parser.parse_integer()
    if depth < 1:
        parser.raise_error("a tile of weights is 1 deep at least")
    return Weights(slots, channels, depth)


@irdl_op_definition
class YieldOp(IRDLOperation):
    """The results of a group."""

    name = "tile.yield"

    values = var_operand_def()

    traits = traits_def(IsTerminator())
    assembly_format = "$values attr-dict `:` type($values)"

    def __init__(self, values: Sequence[SSAValue]):
        super().__init__(operands=[values])


@irdl_op_definition
class GroupOp(IRDLOperation):
    """`results = body(inputs)`, as one piece of work named `work`.

    The last result has the name of the work; those before it, `also`, have others.
    """

    name = "tile.group"

    work = prop_def(StringAttr)
    also = opt_prop_def(ArrayAttr[StringAttr])
    inputs = var_operand_def()
    schedule = opt_prop_def(ScheduleAttr)
    results_ = var_result_def()
    body = region_def("single_block")

    traits = traits_def(IsolatedFromAbove())
    assembly_format = (
        "$work (`also` $also^)? `(` $inputs `)` (`schedule` $schedule^)? $body "
        "attr-dict `:` functional-type(operands, results)"
    )

    def __init__(
        self,
        work: str,
        inputs: Sequence[SSAValue],
        result_types: Sequence[Attribute],
        body: Region,
        schedule: Schedule | None = None,
        also: Sequence[str] = (),
    ):
        super().__init__(
            operands=[inputs],
            properties={
                "work": StringAttr(work),
                "schedule": ScheduleAttr(schedule) if schedule else None,
                "also": ArrayAttr(map(StringAttr, also)) if also else None,
            },
            regions=[body],
            result_types=[result_types],
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the results."""
        also = self.also.data if self.also is not None else ()
        return (*(name.data for name in also), self.work.data)

    @property
    def last_result(self) -> OpResult:
        """The result that has the name of the work."""
        return self.results[-1]

    def verify_(self) -> None:
        block = self.body.block
        if len({*self.names}) < len(self.names):
            raise VerifyException("two results have the same name")
        if [a.type for a in block.args] != [i.type for i in self.inputs]:
            raise VerifyException("the body must take what the group is given")
        if not any(isinstance(op, nn.Operator) for op in block.ops):
            raise VerifyException("the body must hold an operator")
        last = block.last_op
        if not isinstance(last, YieldOp):
            raise VerifyException("the body must end in tile.yield")
        if [v.type for v in last.values] != [r.type for r in self.results]:
            raise VerifyException("the body must yield what the group returns")
        if len(self.names) != len(self.results):
            raise VerifyException(
                f"{len(self.names)} results have names, the group has "
                f"{len(self.results)}"
            )


Tile = Dialect("tile", [GroupOp, YieldOp], [ScheduleAttr])
