"""Holding passes to their semantics: the same numbers before and after each."""

import sys
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation
from xdsl.passes import ModulePass

from ...dialects.locations import place
from ...errors import AipuError
from ..semantics import semantics_of
from .observer import Observer

Arrays = list[np.ndarray]
Observe = Callable[[Operation, np.ndarray], None]
Execute = Callable[
    [ModuleOp, Sequence[np.ndarray], Mapping[str, np.ndarray], Observe | None], Arrays
]


class CheckNumerics(Observer):
    """Runs the module at the start and after every pass, and compares the results.

    Args:
        execute: runs a module on inputs and weights, and shows each operator's result.
        inputs: one array an argument.
        weights: the store, which passes add to.
    """

    def __init__(
        self,
        execute: Execute,
        inputs: Sequence[np.ndarray],
        weights: Mapping[str, np.ndarray],
    ):
        self.execute = execute
        self.inputs = inputs
        self.weights = weights
        self.results: Arrays = []
        self.previous = ModuleOp([])

    def begin(self, module: ModuleOp) -> None:
        self.results = self.execute(module, self.inputs, self.weights, None)
        self.previous = module.clone()

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        """Compare with the results before the pass.

        Raises:
            AipuError: they lie further apart than the pass declares.
        """
        semantics = semantics_of(module_pass)
        results = self.execute(module, self.inputs, self.weights, None)
        pairs = zip(self.results, results, strict=True)
        deviations = [deviation(old, new) for old, new in pairs]
        worst = max(deviations, default=0.0)
        verdict = f"largest deviation {worst:.2g}" if worst else "equal"
        sys.stderr.write(f"{module_pass.name}: {semantics.name}: {verdict}\n")
        if semantics.tolerance is not None and worst > semantics.tolerance:
            raise AipuError(
                f"pass '{module_pass.name}' is declared {semantics.name}, but result "
                f"{deviations.index(worst)} deviates by {worst:.2g} of its largest "
                f"value{self._first_difference(module, semantics.tolerance)}",
                remedy="the pass is wrong, or must declare other semantics",
            )
        self.results = results
        self.previous = module.clone()

    def _first_difference(self, module: ModuleOp, tolerance: float) -> str:
        """The first operator that deviates from the one of the same source before."""
        before = self._trace(self.previous)
        for source, (name, array) in self._trace(module).items():
            if source in before and before[source][1].shape == array.shape:
                distance = deviation(before[source][1], array)
                if distance > tolerance:
                    return f"; the first is {name} of {source}, by {distance:.2g}"
        return ""

    def _trace(self, module: ModuleOp) -> dict[str, tuple[str, np.ndarray]]:
        """By source, the operator that comes from it last, and its result."""
        trace: dict[str, tuple[str, np.ndarray]] = {}

        def note(op: Operation, array: np.ndarray) -> None:
            trace[place(op)] = (op.name, array)

        self.execute(module, self.inputs, self.weights, note)
        return trace


def deviation(before: np.ndarray, after: np.ndarray) -> float:
    """The largest difference, relative to the largest value; infinite between shapes.

    Equal infinities, and NaN in the same places, do not differ.
    """
    if before.shape != after.shape:
        return float("inf")
    if np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
        return 0.0
    differ = (before != after) & ~(np.isnan(before) & np.isnan(after))
    old, new = before[differ].astype(np.float64), after[differ].astype(np.float64)
    finite = np.abs(before[np.isfinite(before)].astype(np.float64))
    largest = float(finite.max(initial=0.0))
    if not (np.isfinite(old).all() and np.isfinite(new).all() and largest):
        return float("inf")
    return float(np.abs(old - new).max()) / largest
