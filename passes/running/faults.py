"""Whatever goes wrong in a step becomes one error that says which step, and where."""

from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

import xdsl
from xdsl.utils.exceptions import DiagnosticException

from ...errors import AipuError

XDSL = Path(xdsl.__file__).parent


class Guarded:
    """`with Guarded("reading"): ...` turns any other exception into an AipuError.

    What runs inside may be a user's own, and fail in any way; a user of the command
    still sees one message. The exception stays attached to it as its cause. Its place
    is what `place` says, or else the line of code that failed.
    """

    def __init__(self, step: str, place: Callable[[], str] | None = None):
        self.step = step
        self.place = place

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        match error:
            case AipuError():
                self.name_step(error)
            case DiagnosticException():
                raise AipuError(f"{self.step}: {error}") from error
            case MemoryError():
                raise AipuError(
                    f"{self.step} needs more memory than this computer has: {error}",
                    remedy="use a smaller batch, or smaller inputs",
                ) from error
            case Exception() | SystemExit():
                fault = f"{type(error).__name__}: {error}"
                place = self.place() if self.place else _last_line(trace)
                raise AipuError(f"{self.step} failed: {fault}", place=place) from error

    def name_step(self, error: AipuError) -> None:
        """An AipuError says what there is to say."""


class Step(Guarded):
    """The same for a step that its errors do not name: `Step("pass 'layout'")`."""

    def name_step(self, error: AipuError) -> None:
        message = f"{self.step}: {error.message}"
        raise AipuError(message, place=error.place, remedy=error.remedy) from error


def _last_line(trace: TracebackType | None) -> str:
    """The innermost line that ran outside xDSL: where the author of a pass looks."""
    frames = [
        frame
        for frame in extract_tb(trace)
        if not Path(frame.filename).is_relative_to(XDSL)
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
