"""Holding passes to their semantics: the same numbers before and after each.

The network is run on several draws of its inputs, and compared by its results. On the
machine every piece of work is compared too, on what the network gives it and by itself
on integers of the whole range: what is exact there changes no byte of any.
"""

import sys
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ..authoring.promises import Semantics, semantics_of
from .deviation import deviation
from .executable import Draw, Executable, Load
from .faults import Guarded, GuardedStep
from .observations import Observation, first_difference, observed, other_works
from .observer import Observer

REMEDY = "the pass is wrong, or must declare other semantics"

WHERE_SUMS_CANCEL = 1e-3
"""What rounding may come to on draws that are not usual: sums of large numbers can be
small ones; and where reals become integers, a little becomes a step, so that only what
is exact can be held to it there."""


class CheckNumerics(Observer):
    """Runs the module at the start and after every pass, and compares what it gives.

    Args:
        load: makes a module ready to be run.
        draw: inputs for a module.
        weights: the store, which passes add to.
        say: told of each pass what was found; default: the standard error is.
    """

    def __init__(
        self,
        load: Load,
        draw: Callable[[ModuleOp], Sequence[Draw]],
        weights: Mapping[str, np.ndarray],
        say: Callable[[str], object] | None = None,
    ):
        self.say = say or sys.stderr.write
        self.load = load
        self.draw = draw
        self.weights = weights
        self.draws: Sequence[Draw] = ()
        self.last: Observation | None = None

    def begin(self, module: ModuleOp) -> None:
        with Guarded("running the module"):
            self._start(module, self.load(module, self.weights))

    def _start(self, module: ModuleOp, loaded: Executable) -> None:
        self.draws = self.draw(module)
        self.last = observed(loaded, self.draws)

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        """Compare with what the module gave before the pass.

        Raises:
            AipuError: it lies further apart than the pass declares, or does not run.
        """
        name, semantics = module_pass.name, semantics_of(module_pass)
        before = self.last
        assert before is not None
        with GuardedStep(f"pass '{name}' left a module that does not run"):
            loaded = self.load(module, self.weights)
            if loaded.inputs == before.module.inputs:
                self.last = observed(loaded, self.draws)
            elif semantics.tolerance is None:
                self._start(module, loaded)
        verdict = self._verdict(before, loaded, name, semantics)
        self.say(f"{name}: {semantics.name}: {verdict}\n")

    def _verdict(
        self, before: Observation, loaded: Executable, name: str, semantics: Semantics
    ) -> str:
        """How far results lie apart, in words.

        Raises:
            AipuError: further than the pass declares.
        """
        old, new = before.module.inputs, loaded.inputs
        after = self.last
        if old != new or after is None:
            return _other("inputs", old, new, name, semantics)
        if before.types != after.types:
            return _other("results", before.types, after.types, name, semantics)
        worst = 0.0
        for number, draw in enumerate(self.draws):
            if not (draw.usual or semantics.everywhere):
                continue
            pairs = zip(before.results[number], after.results[number], strict=True)
            deviations = [deviation(old, new) for old, new in pairs]
            largest = max(deviations, default=0.0)
            worst = max(worst, largest)
            allowed = _allowed(semantics, draw, rounds=before.module.rounds)
            if allowed is not None and largest > allowed:
                self.say(f"{name}: {semantics.name}: {_distance(largest)}\n")
                raise _broken(
                    name,
                    semantics,
                    f"on {draw.name} result {deviations.index(largest)} deviates by "
                    f"{largest:.2g} of its largest value"
                    + self._culprit(before, after, draw, allowed),
                )
        if semantics.tolerance == 0:
            for work in other_works(before, after, self.draws):
                raise _broken(name, semantics, f"other bytes come from {work}")
        return _distance(worst)

    def _culprit(
        self, before: Observation, after: Observation, draw: Draw, tolerance: float
    ) -> str:
        first = first_difference(before.trace(draw), after.trace(draw), tolerance)
        return f"; the first is {first}" if first else ""


def _allowed(semantics: Semantics, draw: Draw, *, rounds: bool) -> float | None:
    """How far results of a draw may lie apart; None for as far as they like."""
    if draw.usual or not semantics.tolerance:
        return semantics.tolerance
    return None if rounds else max(semantics.tolerance, WHERE_SUMS_CANCEL)


def _other(
    what: str,
    before: Sequence[str],
    after: Sequence[str],
    name: str,
    semantics: Semantics,
) -> str:
    """What to say of inputs or results of other types, which cannot be compared.

    Raises:
        AipuError: the pass declares that they can.
    """
    change = f"the {what} were {_listed(before)}, and are {_listed(after)}"
    if semantics.tolerance is not None:
        raise _broken(name, semantics, change)
    return f"not compared: {change}"


def _broken(name: str, semantics: Semantics, found: str) -> AipuError:
    message = f"pass '{name}' is declared {semantics.name}, but {found}"
    return AipuError(message, remedy=REMEDY)


def _distance(largest: float) -> str:
    return f"largest deviation {largest:.2g}" if largest else "equal"


def _listed(types: Sequence[str]) -> str:
    return ", ".join(types) or "none"
