"""The instruction set: one table that encodes, decodes, prints and documents it.

In the binary an instruction is a word of 16 bytes in `.text`:

    byte 0     opcode
    byte 2     tokens to wait for, a bit each      (uint16)
    byte 4     tokens to signal, a bit each        (uint16)
    byte 8     source, a string of the string table (uint32)
    byte 12    descriptor: offset in `.descriptors`, or all ones for none (uint32)

and a descriptor: the numbers of its fields one after another, less those of the last
instruction of its mnemonic in the launch (`descriptors`), packed (`packing`). Equal
descriptors are stored once. This encoding is our own; the Zhouyi's is not public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xdsl.ir import Operation
from xdsl.irdl import IRDLOperation

from ..dialects import aipu
from ..dialects.aipu import Engine
from .counts import Count
from .fields import (
    ChoiceField,
    ExtentField,
    Field,
    IndexField,
    IntegerField,
    IntegersField,
    ReferenceField,
    StringField,
    Symbols,
)
from .machine import Machine
from .program import Value
from .shared_fields import (
    BEGIN,
    BOX,
    CLAMP,
    IMAGE,
    LEAKY_RECORD,
    PAIR,
    POOL,
    RECORD,
    ROWS,
    TENSOR,
    UNARY,
    WORK,
    mac,
)
from .timing import CLOSED_FORMS, Effort, Timing
from .views import Sizes, View


@dataclass(frozen=True)
class InstructionSpec:
    """One row: what the machine, the assembler and the manual know of an instruction.

    `operation` is the instruction's form in the `aipu` dialect; its docstring is the
    equation. `engine` is None where a field names it.
    """

    mnemonic: str
    opcode: int
    engine: Engine | None
    timing: Timing
    operation: type[IRDLOperation] | None
    fields: tuple[Field, ...]

    @property
    def doc(self) -> str:
        """The first paragraph of the documentation."""
        source = self.operation.__doc__ if self.operation else "Close a loop."
        return (source or "").strip().split("\n\n")[0]

    @cached_property
    def width(self) -> int:
        """Numbers of a descriptor."""
        return sum(field.width for field in self.fields)

    def numbers(self, values: Mapping[str, Value], symbols: Symbols) -> list[int]:
        """The numbers of a descriptor; none of an instruction without fields."""
        return [
            number
            for field in self.fields
            for number in field.numbers(values[field.name], symbols)
        ]

    @cached_property
    def operands(self) -> dict[str, ReferenceField]:
        """What it reads and writes."""
        fields = (f for f in self.fields if isinstance(f, ReferenceField))
        return {field.name: field for field in fields}

    @cached_property
    def defaults(self) -> dict[str, Value]:
        """The values of fields that a text need not say."""
        return {f.name: f.default for f in self.fields if f.default is not None}

    def effort(self, sizes: Sizes[Count], machine: Machine) -> Effort[Count] | None:
        """What it asks of its engine, on tiles of some sizes; None where that does not
        follow from sizes alone.
        """
        form = CLOSED_FORMS.get(self.timing)
        return form(sizes, self.operands["ofm"].view, machine) if form else None

    @property
    def has_tokens(self) -> bool:
        """Whether it waits and signals: what runs in the queue of an engine does."""
        operation = self.operation
        return operation is not None and issubclass(operation, aipu.InstructionOp)


SHARES = (
    ExtentField("depth", "share of the ifm channels"),
    ChoiceField("dataflow", "what stays in the array", aipu.Dataflow),
)

INSTRUCTIONS = (
    InstructionSpec(
        "launch", 0x01, Engine.SEQUENCER, Timing.LAUNCH, aipu.LaunchOp, BEGIN
    ),
    InstructionSpec("join", 0x05, Engine.SEQUENCER, Timing.NONE, aipu.JoinOp, BEGIN),
    InstructionSpec("resume", 0x06, Engine.SEQUENCER, Timing.LAUNCH, aipu.ResumeOp, ()),
    InstructionSpec(
        "follow", 0x07, Engine.SEQUENCER, Timing.NONE, aipu.FollowOp, (WORK,)
    ),
    InstructionSpec(
        "loop",
        0x02,
        Engine.SEQUENCER,
        Timing.NONE,
        aipu.LoopOp,
        (
            StringField("counter", "name of the counter"),
            IntegerField("count", "times that the body runs", "I"),
        ),
    ),
    InstructionSpec("end", 0x03, Engine.SEQUENCER, Timing.NONE, None, ()),
    InstructionSpec(
        "sync",
        0x04,
        None,
        Timing.NONE,
        aipu.SyncOp,
        (ChoiceField("engine", "whose queue it is in", Engine),),
    ),
    InstructionSpec(
        "dma.load",
        0x10,
        Engine.LOAD,
        Timing.TRANSFER,
        aipu.LoadOp,
        (
            ReferenceField(*IMAGE, writes=True),
            ReferenceField(*TENSOR),
            *BOX,
            IntegerField("fill", "value outside of the tensor", "b"),
        ),
    ),
    InstructionSpec(
        "dma.store",
        0x11,
        Engine.STORE,
        Timing.TRANSFER,
        aipu.StoreOp,
        (ReferenceField(*IMAGE), ReferenceField(*TENSOR, writes=True), *BOX),
    ),
    InstructionSpec(
        "mac.conv",
        0x20,
        Engine.MAC,
        Timing.CONVOLUTION,
        aipu.ConvOp,
        (
            *mac("depth", "channels, window, depth", finished_by="depth"),
            *SHARES,
        ),
    ),
    InstructionSpec(
        "mac.depthwise",
        0x21,
        Engine.MAC,
        Timing.DEPTHWISE,
        aipu.DepthwiseOp,
        mac("channels", "channels, window"),
    ),
    InstructionSpec(
        "mac.conv_leaky",
        0x28,
        Engine.MAC,
        Timing.CONVOLUTION,
        aipu.LeakyConvOp,
        (
            *mac("depth", "channels, window, depth", "depth", LEAKY_RECORD),
            *SHARES,
        ),
    ),
    InstructionSpec(
        "mac.depthwise_leaky",
        0x29,
        Engine.MAC,
        Timing.DEPTHWISE,
        aipu.LeakyDepthwiseOp,
        mac("channels", "channels, window", record=LEAKY_RECORD),
    ),
    InstructionSpec(
        "vector.add",
        0x30,
        Engine.VECTOR,
        Timing.ELEMENTS,
        aipu.AddOp,
        (
            *PAIR,
            IntegersField("multipliers", "of the sum, of lhs and of rhs", 3, "h"),
            IntegerField("shift", "of the sum", "B"),
            IntegersField("zero_points", "of lhs, rhs and ofm", 3, "b"),
            *CLAMP,
        ),
    ),
    InstructionSpec(
        "vector.requantise",
        0x31,
        Engine.VECTOR,
        Timing.ELEMENTS,
        aipu.RequantiseOp,
        (
            *UNARY,
            IntegerField("multiplier", "15 bits", "H"),
            IntegerField("shift", "0 to 31", "B"),
            IntegersField("zero_points", "of ifm and ofm", 2, "b"),
            *CLAMP,
        ),
    ),
    InstructionSpec(
        "vector.lookup",
        0x32,
        Engine.VECTOR,
        Timing.ELEMENTS,
        aipu.LookupOp,
        (*UNARY, ReferenceField("table", "256 values", View("256"))),
    ),
    InstructionSpec(
        "vector.permute",
        0x33,
        Engine.VECTOR,
        Timing.ELEMENTS,
        aipu.PermuteOp,
        (
            ReferenceField("ifm", "input tile", View("*box", "*strides")),
            ReferenceField("ofm", "output tile", View("*box"), writes=True),
            IntegersField("box", "extents of the ofm", 4, "I"),
            IntegersField("strides", "of the ifm along each of them", 4, "i"),
        ),
    ),
    InstructionSpec(
        "vector.max_pool",
        0x34,
        Engine.VECTOR,
        Timing.WINDOWS,
        aipu.MaxPoolOp,
        POOL,
    ),
    InstructionSpec(
        "vector.avg_pool",
        0x35,
        Engine.VECTOR,
        Timing.WINDOWS,
        aipu.AvgPoolOp,
        (
            *POOL,
            ReferenceField(
                "parameters",
                "multiplier and shift of each count",
                View(f"counts, {RECORD}"),
            ),
            IntegerField("counts", "how many counts there are", "I"),
            IntegersField("inside", "rows and columns of the feature map", 2, "I"),
            IndexField("corner_row", "row of the tile's corner in it"),
            IndexField("corner_column", "column of the tile's corner in it"),
            IntegersField("zero_points", "of ifm and ofm", 2, "b"),
            *CLAMP,
        ),
    ),
    InstructionSpec(
        "vector.multiply",
        0x36,
        Engine.VECTOR,
        Timing.ELEMENTS,
        aipu.MultiplyOp,
        (
            *PAIR,
            IntegerField("multiplier", "15 bits", "H"),
            IntegerField("shift", "0 to 31", "B"),
            IntegersField("zero_points", "of lhs, rhs and ofm", 3, "b"),
            *CLAMP,
        ),
    ),
    InstructionSpec(
        "vector.maximum",
        0x37,
        Engine.VECTOR,
        Timing.ELEMENTS,
        aipu.MaximumOp,
        (*PAIR, *CLAMP),
    ),
    InstructionSpec(
        "vector.minimum",
        0x38,
        Engine.VECTOR,
        Timing.ELEMENTS,
        aipu.MinimumOp,
        (*PAIR, *CLAMP),
    ),
    InstructionSpec(
        "vector.softmax",
        0x39,
        Engine.VECTOR,
        Timing.ROWS,
        aipu.SoftmaxOp,
        (
            ReferenceField("ifm", "input tile", ROWS),
            ReferenceField("ofm", "output tile", ROWS, writes=True),
            ReferenceField("table", "256 values of 16 bits", View("256, 2")),
            ExtentField("rows", "rows of both tiles"),
            IntegerField("channels", "bytes of a row", "I"),
            IntegerField("levels", "of the ofm in 1, times 256", "I"),
            IntegerField("zero_point", "of the ofm", "b"),
            *CLAMP,
        ),
    ),
)

WORD_BYTES = 16
"""An instruction in `.text`, without its descriptor."""

WORKS = ("launch", "join", "follow")
"""The mnemonics that begin a piece of work."""

LAUNCHES = ("launch", "resume")
"""The mnemonics that begin a launch: the host starts what stands up to the next."""

IDLE = {*WORKS, *LAUNCHES}
"""What the sequencer does itself; all but `follow` once all engines are idle."""

BY_MNEMONIC = {spec.mnemonic: spec for spec in INSTRUCTIONS}
BY_OPCODE = {spec.opcode: spec for spec in INSTRUCTIONS}
BY_OPERATION: dict[type[Operation], InstructionSpec] = {
    spec.operation: spec for spec in INSTRUCTIONS if spec.operation
}


def complete(mnemonic: str, fields: Mapping[str, Value]) -> Mapping[str, Value]:
    """The fields of an instruction, with what need not be said."""
    return {**BY_MNEMONIC[mnemonic].defaults, **fields}
