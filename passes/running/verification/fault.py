"""What is wrong with a module: an operation, why, and what to do."""

from typing import NamedTuple

from xdsl.ir import Operation

from ....dialects.locations import place
from ....errors import AipuError


class Fault(NamedTuple):
    """An operation that is not valid, and why.

    `word` is what is wrong in the operation's text, where it is one word; `place` is
    said where the source of the operation does not tell it from others.
    """

    op: Operation
    message: str
    remedy: str = ""
    word: str = ""
    place: str = ""

    def error(self) -> AipuError:
        """The error that says so, of a module that no text is at hand of."""
        where = self.place or place(self.op)
        return AipuError(self.message, place=where, remedy=self.remedy)
