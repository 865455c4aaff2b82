"""An engine of a user's own that computes what the host runs."""

from collections.abc import Callable
from typing import TypeVar

from ..dialects.semantics.engines import ENGINES, HostEngine
from ..extensions import add

Engine = TypeVar("Engine", bound=type[HostEngine])


def host_engine(name: str) -> Callable[[Engine], Engine]:
    """Give an engine a name, for `--host-engine`: `@host_engine("mine")`.

    It is a class, made without arguments, with a method `prepare(self, function,
    weights)`, which returns a function from one array an argument of the segment to
    its results.

    Raises:
        AipuError: there is an engine of that name already.
    """

    def register(what: Engine) -> Engine:
        add(what.__module__, ENGINES, name, what, f"a host engine '{name}'")
        return what

    return register
