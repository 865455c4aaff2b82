"""Whatever goes wrong in a step becomes one error that says which step, and where."""

from collections.abc import Callable, Iterator
from pathlib import Path
from sysconfig import get_paths
from traceback import walk_tb
from types import FrameType, TracebackType

from xdsl.utils.exceptions import DiagnosticException

from ...errors import AipuError

OURS = ("aipu", "xdsl")
"""The packages in which no user looks for his mistake."""

LIBRARIES = [Path(get_paths()[kind]) for kind in ("stdlib", "purelib", "platlib")]


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
                line = users_line(error)
                raise AipuError(f"{self.step}: {error}", place=line) from error
            case MemoryError():
                raise AipuError(
                    f"{self.step} needs more memory than this computer has: {error}",
                    remedy="use a smaller batch, or smaller inputs",
                ) from error
            case Exception() | SystemExit():
                fault = f"{type(error).__name__}: {error}"
                place = self.place() if self.place else _line(error)
                raise AipuError(f"{self.step} failed: {fault}", place=place) from error

    def name_step(self, error: AipuError) -> None:
        """An AipuError says what there is to say."""


class GuardedStep(Guarded):
    """The same for a step that its errors do not name: `GuardedStep("pass 'layout'")`.

    Where the step is a user's own code, they say at which line of it they arose.
    """

    def name_step(self, error: AipuError) -> None:
        line = users_line(error)
        step = f"{self.step} ({line})" if line else self.step
        message = f"{step}: {error.message}"
        raise AipuError(message, place=error.place, remedy=error.remedy) from error


def users_line(error: BaseException) -> str:
    """The innermost line of a user's own that an error, or its cause, came from."""
    for each in _causes(error):
        lines = [_place(f, n) for f, n in walk_tb(each.__traceback__) if is_users(f)]
        if lines:
            return lines[-1]
    return ""


def is_users(frame: FrameType) -> bool:
    """Whether code is neither ours nor a library's, nor Python's own."""
    if frame.f_code.co_filename.startswith("<"):
        return False
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    file = Path(frame.f_code.co_filename)
    return package not in OURS and not any(map(file.is_relative_to, LIBRARIES))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What an error was raised from, the first cause first, and the error."""
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)
    yield error


def _line(error: BaseException) -> str:
    """A user's line, or the one that cannot be read; else the innermost."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    places = [_place(frame, line) for frame, line in walk_tb(error.__traceback__)]
    return users_line(error) or (places[-1] if places else "")


def _place(frame: FrameType, line: int) -> str:
    return f"{frame.f_code.co_filename}:{line}"
