"""What a pass says when an operator lacks what passes before it say of one."""

from xdsl.ir import Operation

from ...errors import AipuError


class UnmarkedError(AipuError):
    """An operator has no `mark`; None stands for an input of the network.

    Who runs passes knows which of them lost it, and says so.
    """

    def __init__(
        self, op: Operation | None, mark: str, message: str, *, place: str, remedy: str
    ):
        super().__init__(message, place=place, remedy=remedy)
        self.op = op
        self.mark = mark
