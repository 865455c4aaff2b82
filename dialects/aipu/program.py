"""What holds a program: its buffers, its entry points and its hardware loops."""

from collections.abc import Sequence
from enum import auto

from xdsl.dialects.builtin import IntegerAttr, StringAttr, i64
from xdsl.ir import (
    Block,
    Data,
    Operation,
    Region,
    SpacedOpaqueSyntaxAttribute,
    TypeAttribute,
)
from xdsl.irdl import (
    IRDLOperation,
    irdl_attr_definition,
    irdl_op_definition,
    prop_def,
    region_def,
    result_def,
    traits_def,
)
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.traits import HasParent, NoTerminator
from xdsl.utils.exceptions import VerifyException
from xdsl.utils.str_enum import StrEnum

from .index import MAX_DEPTH

MAX_TOKENS = 16


class Space(StrEnum):
    """Where a buffer lies."""

    SRAM = auto()
    DRAM = auto()
    WEIGHTS = auto()


@irdl_attr_definition
class BufferType(Data[Space], TypeAttribute):
    """Bytes in the on-chip SRAM, in the DRAM, or in the weights, also in DRAM."""

    name = "aipu.buffer"

    def print_parameter(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_string(self.data)

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Space:
        with parser.in_angle_brackets():
            return parser.parse_str_enum(Space)


@irdl_attr_definition
class NamesAttr(Data[tuple[str, ...]], SpacedOpaqueSyntaxAttribute):
    """Names in brackets: `[ifm.full, weight.full]`."""

    name = "aipu.names"

    def print_parameter(self, printer: Printer) -> None:
        with printer.in_square_brackets():
            printer.print_list(self.data, printer.print_identifier_or_string_literal)

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> tuple[str, ...]:
        return tuple(
            parser.parse_comma_separated_list(
                parser.Delimiter.SQUARE, parser.parse_identifier_or_str_literal
            )
        )


NO_NAMES = NamesAttr(())


@irdl_op_definition
class ProgramOp(IRDLOperation):
    """Everything in one binary: the buffers, then the entry points that share them.

    Tokens are counting semaphores, numbered by their place in `tokens`.
    """

    name = "aipu.program"

    target = prop_def(StringAttr)
    tokens = prop_def(NamesAttr)
    body = region_def("single_block")

    traits = traits_def(NoTerminator())
    assembly_format = "`target` $target `tokens` $tokens $body attr-dict"

    def __init__(self, target: str, tokens: Sequence[str], ops: Sequence[Operation]):
        super().__init__(
            properties={
                "target": StringAttr(target),
                "tokens": NamesAttr(tuple(tokens)),
            },
            regions=[Region(Block(ops))],
        )

    def verify_(self) -> None:
        if len(self.tokens.data) > MAX_TOKENS:
            raise VerifyException(
                f"the machine has {MAX_TOKENS} tokens, found {len(self.tokens.data)}"
            )


@irdl_op_definition
class BufferOp(IRDLOperation):
    """`slots` pieces of `bytes` bytes, one after another from `address`."""

    name = "aipu.buffer"

    buffer_name = prop_def(StringAttr)
    address = prop_def(IntegerAttr.constr(i64))
    bytes = prop_def(IntegerAttr.constr(i64))
    slots = prop_def(IntegerAttr.constr(i64), default_value=IntegerAttr(1, i64))
    value = result_def(BufferType)

    traits = traits_def(HasParent(ProgramOp))
    assembly_format = (
        "$buffer_name `at` $address `bytes` $bytes (`slots` $slots^)? attr-dict "
        "`:` type($value)"
    )

    def __init__(
        self, name: str, space: Space, address: int, bytes: int, slots: int = 1
    ):
        super().__init__(
            properties={
                "buffer_name": StringAttr(name),
                "address": IntegerAttr(address, i64),
                "bytes": IntegerAttr(bytes, i64),
                "slots": IntegerAttr(slots, i64),
            },
            result_types=[BufferType(space)],
        )

    def verify_(self) -> None:
        numbers = (self.address, self.bytes, self.slots)
        if any(
            number.value.data < low
            for number, low in zip(numbers, (0, 1, 1), strict=True)
        ):
            raise VerifyException("a buffer has an address, at least 1 byte and 1 slot")


@irdl_op_definition
class EntryOp(IRDLOperation):
    """An entry point: instructions that turn its input buffers into its outputs."""

    name = "aipu.entry"

    entry_name = prop_def(StringAttr)
    inputs = prop_def(NamesAttr)
    outputs = prop_def(NamesAttr)
    body = region_def("single_block")

    traits = traits_def(NoTerminator(), HasParent(ProgramOp))
    assembly_format = "$entry_name `inputs` $inputs `outputs` $outputs $body attr-dict"

    def __init__(
        self,
        name: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        ops: Sequence[Operation],
    ):
        super().__init__(
            properties={
                "entry_name": StringAttr(name),
                "inputs": NamesAttr(tuple(inputs)),
                "outputs": NamesAttr(tuple(outputs)),
            },
            regions=[Region(Block(ops))],
        )


@irdl_op_definition
class LoopOp(IRDLOperation):
    """`for counter in range(count)`: a hardware loop, run by the sequencer."""

    name = "aipu.loop"

    counter = prop_def(StringAttr)
    count = prop_def(IntegerAttr.constr(i64))
    body = region_def("single_block")

    traits = traits_def(NoTerminator())
    assembly_format = "$counter `times` $count $body attr-dict"

    def __init__(self, name: str, count: int, ops: Sequence[Operation]):
        super().__init__(
            properties={
                "counter": StringAttr(name),
                "count": IntegerAttr(count, i64),
            },
            regions=[Region(Block(ops))],
        )

    def verify_(self) -> None:
        depth, parent = 1, self.parent_op()
        while isinstance(parent, LoopOp):
            depth, parent = depth + 1, parent.parent_op()
        if depth > MAX_DEPTH:
            raise VerifyException(f"hardware loops nest {MAX_DEPTH} deep")
        if self.count.value.data < 1:
            raise VerifyException("a loop runs at least once")
