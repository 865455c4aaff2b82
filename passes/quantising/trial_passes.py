"""What a choice of ranges is tried with: the passes that quantise the network later.

They are those of the pipelines from `narrow-ranges` on that change numbers, in their
order; a test holds them to it.
"""

from xdsl.passes import ModulePass

from .correct_biases import CorrectBiasesPass
from .guard_quotients import GuardQuotientsPass
from .narrow_ranges import NarrowRangesPass
from .quantise_operators import QuantiseOperatorsPass


def narrowing(arithmetic: str) -> ModulePass:
    """What makes ranges narrower, so that several choices become one."""
    return NarrowRangesPass(arithmetic)


def quantising(arithmetic: str) -> tuple[ModulePass, ...]:
    """What quantises a network whose ranges are chosen."""
    return (
        CorrectBiasesPass(arithmetic),
        QuantiseOperatorsPass(arithmetic),
        GuardQuotientsPass(),
    )
