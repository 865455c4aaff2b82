"""What every instruction shares: tokens, and references to buffers."""

from abc import ABC

from xdsl.dialects.builtin import (
    DenseArrayBase,
    IntegerAttr,
    StringAttr,
    i64,
)
from xdsl.dialects.utils import EnumAttribute
from xdsl.ir import SpacedOpaqueSyntaxAttribute
from xdsl.irdl import IRDLOperation, irdl_attr_definition, irdl_op_definition, prop_def
from xdsl.utils.exceptions import VerifyException
from xdsl.utils.str_enum import StrEnum

from .index import ExtentAttr, Index, IndexAttr, whole
from .program import MAX_TOKENS, NO_NAMES, BufferType, NamesAttr, Space

ZERO = IndexAttr(Index())
SRAM = BufferType(Space.SRAM)
NO_NUMBER = IntegerAttr(0, i64)
NO_PITCHES = DenseArrayBase.from_list(i64, [0, 0])
ONE = ExtentAttr(whole(1))


class Engine(StrEnum):
    """Who executes an instruction; each engine works through its queue in order."""

    SEQUENCER = "sequencer"
    LOAD = "load"
    STORE = "store"
    MAC = "mac"
    VECTOR = "vector"


@irdl_attr_definition
class EngineAttr(EnumAttribute[Engine], SpacedOpaqueSyntaxAttribute):
    name = "aipu.engine"


class InstructionOp(IRDLOperation, ABC):
    """One instruction in the queue of one engine.

    It starts when every token in `wait` counts at least one, and takes one of each;
    when it is done it adds one to every token in `signal`.

    An operand `x` is the bytes from `x_byte` on in slot `x_slot` (modulo the slots) of
    its buffer.
    """

    wait = prop_def(NamesAttr, default_value=NO_NAMES)
    signal = prop_def(NamesAttr, default_value=NO_NAMES)


class BeginOp(IRDLOperation, ABC):
    """What begins a piece of work: all engines are idle, and the tokens are set.

    `credits[i]` is the new count of token i; tokens without one count zero.
    """

    work = prop_def(StringAttr)
    credits = prop_def(DenseArrayBase.constr(i64))

    def __init__(self, work: str, credits: list[int]):
        super().__init__(
            properties={
                "work": StringAttr(work),
                "credits": DenseArrayBase.from_list(i64, credits),
            }
        )

    def verify_(self) -> None:
        credits = self.credits.get_values()
        if len(credits) > MAX_TOKENS or any(not 0 <= c < 256 for c in credits):
            raise VerifyException(
                f"{MAX_TOKENS} tokens count 0 to 255, found {credits}"
            )
        if credits and not credits[-1]:
            raise VerifyException("the last credit must not be zero: leave it out")


@irdl_op_definition
class LaunchOp(BeginOp):
    """Launch a piece of work: the host starts it once all engines are idle.

    The counts of the tokens are set to `credits`.
    """

    name = "aipu.launch"

    assembly_format = "$work `credits` $credits attr-dict"


@irdl_op_definition
class JoinOp(BeginOp):
    """Go on with another piece of work in the same launch, once all engines are idle.

    The counts of the tokens are set to `credits`. Nothing is started by the host.
    """

    name = "aipu.join"

    assembly_format = "$work `credits` $credits attr-dict"


@irdl_op_definition
class FollowOp(IRDLOperation):
    """Go on with another piece of work in the same launch, and wait for nothing.

    Tokens stay: what engines still do for the work before is ordered by them alone.
    """

    name = "aipu.follow"

    work = prop_def(StringAttr)

    assembly_format = "$work attr-dict"

    def __init__(self, work: str):
        super().__init__(properties={"work": StringAttr(work)})


@irdl_op_definition
class ResumeOp(IRDLOperation):
    """Launch the rest of a piece of work, once all engines are idle: tokens stay.

    A piece of work can need more instructions than a launch holds.
    """

    name = "aipu.resume"

    assembly_format = "attr-dict"


@irdl_op_definition
class SyncOp(InstructionOp):
    """Only take and give tokens, in the queue of an engine."""

    name = "aipu.sync"

    engine = prop_def(EngineAttr)

    assembly_format = "$engine (`wait` $wait^)? (`signal` $signal^)? attr-dict"

    def __init__(
        self, engine: Engine, wait: tuple[str, ...] = (), signal: tuple[str, ...] = ()
    ):
        super().__init__(
            properties={
                "engine": EngineAttr(engine),
                "wait": NamesAttr(wait),
                "signal": NamesAttr(signal),
            }
        )
