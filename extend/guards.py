"""Running a function of a user's: what goes wrong in it is said with its own line."""

from collections.abc import Callable
from inspect import getsourcefile, getsourcelines

from ..errors import AipuError, UnsupportedError
from ..passes.running.faults import Guarded, users_line


class OfUsers(Guarded):
    """A `Guarded` step of a user's own code, whose errors also say at which line."""

    def name_step(self, error: AipuError) -> None:
        line = users_line(error)
        said = line.rpartition(":")[0] == error.place.rpartition(":")[0]
        if not line or said or isinstance(error, UnsupportedError):
            return
        place = f"{line}: {error.place}" if error.place else line
        raise AipuError(error.message, place=place, remedy=error.remedy) from error


def line_of(what: Callable[..., object]) -> str:
    """The file and line where a function or a class of a user's begins."""
    try:
        return f"{getsourcefile(what)}:{getsourcelines(what)[1]}"
    except (OSError, TypeError):
        return ""
