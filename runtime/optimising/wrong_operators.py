"""Which operators of a module are wrong, each judged as if those before it were right.

An operator that differs from what the same node gave before gets that value instead,
and its readers are judged on it. Unless they are right with what it gives itself: then
it was only another way to the same end, as of a convolution that has taken up a scale.
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
from xdsl.ir import Operation
from xdsl.passes import ModulePass

from ...dialects.locations import source_name
from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError
from ...passes.authoring.promises import semantics_of
from ...passes.running.deviation import deviation
from .draws import draws
from .numerics import network
from .state import State

MOST_OPERATORS = 64
"""So many operators that differ are looked into."""


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
        right: set[Operation] = set()
        for _ in range(MOST_OPERATORS):
            first = self.first_other(wrong.keys(), right)
            if first is None:
                break
            op, by = first
            if self.misleads(op, wrong.keys()):
                wrong[op] = by
            else:
                right.add(op)
        return {f"{op.name} of {source_name(op)}": by for op, by in wrong.items()}

    def first_other(
        self, wrong: Collection[Operation], right: Collection[Operation]
    ) -> tuple[Operation, float] | None:
        """The first operator that is off and not known, and how far."""
        steps, _ = self.run(wrong)
        for op, result in steps:
            near = self.nearest(op, result)
            by = 0.0 if near is None else deviation(near, result)
            if by > self.tolerance and op not in right:
                return op, by
        return None

    def misleads(self, op: Operation, wrong: Collection[Operation]) -> bool:
        """Whether the first that depends on an operator is off because of it."""
        with_it, results = self.run(wrong)
        without_it, _ = self.run({*wrong, op})
        for (each, found), (_, other) in zip(with_it, without_it, strict=True):
            if each is not op and not np.array_equal(found, other):
                near = self.nearest(each, found)
                if near is not None:
                    by = deviation(near, found)
                    return by > self.tolerance and deviation(near, other) <= by
        pairs = zip(self.results, results, strict=True)
        return any(deviation(old, new) > self.tolerance for old, new in pairs)

    def run(
        self, wrong: Collection[Operation]
    ) -> tuple[list[tuple[Operation, np.ndarray]], list[np.ndarray]]:
        """All steps and the results, with what was there before for wrong operators."""
        steps: list[tuple[Operation, np.ndarray]] = []

        def step(op: Operation, result: np.ndarray) -> np.ndarray | None:
            before = self.nearest(op, result) if op in wrong else None
            steps.append((op, result if before is None else before))
            return before

        weights = self.after.context.weights
        function = network(self.after.module)
        return steps, evaluate(function, self.inputs, weights, observe=step)

    def nearest(self, op: Operation, result: np.ndarray) -> np.ndarray | None:
        """What the node of an operator gave before, the nearest if there is much."""
        alike = [
            array
            for array in self.known.get(source_name(op), ())
            if array.shape == result.shape and array.dtype == result.dtype
        ]
        return min(alike, key=lambda array: deviation(array, result), default=None)
