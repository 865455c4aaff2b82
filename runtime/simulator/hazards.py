"""What must never happen, whatever the timing: found on the stream, without values.

First every instruction is looked at by itself: its sizes, and the bytes that it
touches. Then how they meet: tokens, accumulators, and the order of their accesses.
"""

from collections.abc import Sequence

from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Entry, Program
from .accumulators import check_accumulators
from .operands import Operands
from .races import check_races
from .soundness import check_instruction
from .stream import Stream
from .tokens import check_tokens


def check_hazards(
    program: Program,
    entry: Entry,
    stream: Stream,
    operands: Sequence[Operands],
    machine: Machine,
) -> None:
    """Check an entry.

    Raises:
        HazardError: a size or a dataflow that cannot be, an address out of range, a
            token that several engines give or take, a sum that does not fit the
            accumulators, a deadlock, a race, or a read of what nobody wrote. The
            message names the instructions and their source nodes.
    """
    for issue, views in zip(stream.issues, operands, strict=True):
        check_instruction(program, issue, views, machine)
    check_tokens(stream)
    check_accumulators(stream, machine)
    check_races(program, entry, stream, operands)
