"""What became of a case that was drawn at random."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from aipu.errors import AipuError
from aipu.tests.limits import TooLong, limits

SECONDS, BYTES = 120, 4 << 30


class Outcome(Enum):
    """How a case may end; all but a fault are as they should be."""

    SOUND = "sound"
    """It was taken, and what it computes is right."""
    REFUSED = "refused"
    """It was not taken, in one message."""
    HAZARD = "hazard"
    """The simulator reports that the machine would not run it right."""
    VOID = "void"
    """The case itself makes no sense: nothing to learn."""
    FAULT = "fault"


@dataclass(frozen=True)
class Verdict:
    """An outcome; `kind` is the same for failures of one cause, `details` is all."""

    outcome: Outcome
    kind: str = ""
    details: str = ""

    def __str__(self) -> str:
        return f"{self.outcome.value}: {self.kind}\n{self.details}".strip()


class FaultError(Exception):
    """A law that does not hold."""

    def __init__(self, kind: str, details: str = ""):
        super().__init__(kind)
        self.kind = kind
        self.details = details


def judged(check: Callable[[], Verdict]) -> Verdict:
    """What a check finds; whatever else it raises, or that it does not end, is a fault.

    An AipuError that comes out of it is a fault too: a check says itself where a
    refusal is an answer.
    """
    try:
        with limits(SECONDS, BYTES):
            return check()
    except FaultError as fault:
        return Verdict(Outcome.FAULT, fault.kind, fault.details)
    except AipuError as error:
        return Verdict(Outcome.FAULT, f"refused late at {_place(error)}", str(error))
    except TooLong as error:
        return Verdict(Outcome.FAULT, f"too long in {_place(error)}", str(error))
    except (Exception, MemoryError) as error:
        kind = f"{type(error).__name__} at {_place(error)}"
        return Verdict(Outcome.FAULT, kind, traceback.format_exc())


def _place(error: BaseException) -> str:
    """The last function of the package that an exception went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if "site-packages" not in frame.filename and "/tests/" not in frame.filename
    ]
    frame = (ours or frames)[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.name}"
