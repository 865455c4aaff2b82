"""Which operators of a module are wrong, each judged as if the others were right.

An operator that differs from what the same node gave before gets that value instead. If
the results of the network come closer to what they were, it was wrong; its readers are
then judged on right inputs. If they do not, it was only another way to the same end.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation
from xdsl.passes import ModulePass

from ...dialects.locations import source_name
from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError
from ...passes.authoring.context import AipuContext
from ...passes.authoring.promises import semantics_of
from ...passes.running.deviation import deviation
from .draws import draws
from .numerics import network

MOST_TRIALS = 64
"""So often an operator that differs is tried."""

Values = Mapping[str, list[np.ndarray]]
"""What every node gave."""


class State(Protocol):
    """A module and its weights."""

    @property
    def module(self) -> ModuleOp: ...

    @property
    def context(self) -> AipuContext: ...


def wrong_operators(
    before: State, after: State, module_pass: ModulePass, data: Path | None
) -> list[str]:
    """The operators that a pass has made wrong, in words.

    There are none if the modules cannot be compared: the pass promises nothing, or one
    of them does not run operator by operator.

    Args:
        before: what is right.
        after: what the pass has left.
        module_pass: the pass.
        data: samples, beside noise.
    """
    tolerance = semantics_of(module_pass).tolerance
    if tolerance is None:
        return []
    found: dict[str, float] = {}
    try:
        for draw in draws(before.module, data):
            search = _Search(before, after, list(draw.inputs), tolerance)
            for operator, by in search.wrong().items():
                found[operator] = max(by, found.get(operator, 0.0))
    except (AipuError, KeyError, ValueError):
        return []
    return [f"{operator}, by {by:.2g}" for operator, by in found.items()]


class _Search:
    def __init__(
        self, before: State, after: State, inputs: list[np.ndarray], tolerance: float
    ):
        self.after = after
        self.inputs = inputs
        self.tolerance = tolerance
        self.known: dict[str, list[np.ndarray]] = {}

        def keep(op: Operation, result: np.ndarray) -> None:
            self.known.setdefault(source_name(op), []).append(result)

        weights = before.context.weights
        self.results = evaluate(network(before.module), inputs, weights, observe=keep)

    def wrong(self) -> dict[str, float]:
        """The wrong operators, and how far they are off, in order."""
        wrong: dict[Operation, float] = {}
        tried: set[Operation] = set()
        distance = self.distance(set())
        for _ in range(MOST_TRIALS):
            if distance <= self.tolerance:
                break
            first = self.first_other(set(wrong), tried)
            if first is None:
                break
            op, by = first
            tried.add(op)
            closer = self.distance({*wrong, op})
            if closer < distance:
                distance = closer
                wrong[op] = by
                tried = set(wrong)  # what one wrong operator hides, shows without it
        return {
            f"{op.name} of {source_name(op)}": wrong[op]
            for op in network(self.after.module).walk()
            if op in wrong
        }

    def distance(self, right: set[Operation]) -> float:
        """How far results are off, with what was there before for some operators."""

        def instead(op: Operation, result: np.ndarray) -> np.ndarray | None:
            return self.nearest(op, result) if op in right else None

        weights = self.after.context.weights
        function = network(self.after.module)
        results = evaluate(function, self.inputs, weights, observe=instead)
        pairs = zip(self.results, results, strict=True)
        return max((deviation(old, new) for old, new in pairs), default=0.0)

    def first_other(
        self, right: set[Operation], tried: set[Operation]
    ) -> tuple[Operation, float] | None:
        """The first operator that is off, and how far; none of those tried."""
        found: list[tuple[Operation, float]] = []

        def look(op: Operation, result: np.ndarray) -> np.ndarray | None:
            near = self.nearest(op, result)
            if op in right:
                return near
            by = 0.0 if near is None else deviation(near, result)
            if op not in tried and by > self.tolerance:
                found.append((op, by))
            return None

        weights = self.after.context.weights
        evaluate(network(self.after.module), self.inputs, weights, observe=look)
        return found[0] if found else None

    def nearest(self, op: Operation, result: np.ndarray) -> np.ndarray | None:
        """What the node of an operator gave before, the nearest if there is much."""
        alike = [
            array
            for array in self.known.get(source_name(op), ())
            if array.shape == result.shape and array.dtype == result.dtype
        ]
        return min(alike, key=lambda array: deviation(array, result), default=None)
