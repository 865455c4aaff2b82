"""A network in integers beside itself in reals, on samples."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, OpResult

from ....dialects.locations import source_name
from ....dialects.quant import quantisation
from ....dialects.semantics.evaluate import evaluate
from ....dialects.semantics.one_thread import on_one_thread
from ....dialects.semantics.uniform import to_reals
from ....passes.authoring.functions import main_function
from ....passes.authoring.ranges import source
from ....passes.quantising.arithmetic.identity import stands_for
from ....passes.quantising.placement.crossings import crossings
from ...accuracy import Accuracy, LayerAccuracy
from ..reals import RealNetwork
from .outputs import compared_outputs, name_of_join, unmoved
from .rounded import cosine, decibels
from .seams import seams
from .tally import Tally

WORST_LAYERS = 3

Arrays = Sequence[np.ndarray]


class Comparison:
    """What was counted of every output, and of every tensor that has a name."""

    def __init__(
        self,
        prepared: ModuleOp,
        quantised: ModuleOp,
        weights: Mapping[str, np.ndarray],
    ):
        """
        Args:
            prepared: the network in reals, its tensors named.
            quantised: the same in integers.
            weights: of both.
        """
        self.reals = RealNetwork(prepared, weights)
        self.module = quantised
        self.quantised = main_function(quantised)
        self.weights = weights
        self.samples = 0
        self.outputs = list(compared_outputs(self.reals.function))
        self.layers = {
            name: source(unmoved(value)) or name
            for name, value in self.reals.named.items()
        }
        self.joined = {name_of_join(each): each for each in self.outputs}
        self.named = names_in(quantised)
        self.seen: dict[str, dict[Operation, Tally]] = {}

    def see(self, runs: Iterable[Arrays], samples: int) -> None:
        """Count so many samples; on one thread, so that sums are always the same."""
        with on_one_thread():
            for inputs in runs:
                self._see_run(inputs)
        self.samples += samples

    def _see_run(self, inputs: Arrays) -> None:
        seen = self.reals.run(inputs, self.named)

        def keep(op: Operation, result: np.ndarray) -> None:
            element = quantisation(op.results[0])
            name = stands_for(op.results[0])
            real = seen.tensors.get(name)
            if real is None or real.values.shape != result.shape:
                return
            if element is None and result.dtype.kind != "f":
                return
            of_name = self.seen.setdefault(name, {})
            if op not in of_name:
                of_name[op] = Tally(element, self.layers[name])
            of_name[op].see(real, result)
            if name in self.joined:
                found = result if element is None else to_reals(result, element)
                self.joined[name].see_join(real.values, found)

        found = evaluate(self.quantised, inputs, self.weights, observe=keep)
        for each, reals, array in zip(self.outputs, seen.outputs, found, strict=True):
            each.see(np.asarray(reals), np.asarray(array))

    def tallies(self) -> dict[str, Tally]:
        """Every tensor by name: of its integers those that lose most."""
        return {
            name: max(found.values(), key=lambda t: (t.element is not None, t.loss))
            for name, found in self.seen.items()
        }

    def figures(self) -> Accuracy:
        """As it is kept."""
        layers: dict[str, LayerAccuracy] = {}
        for name, tally in sorted(
            self.tallies().items(), key=lambda each: -each[1].loss
        ):
            made = isinstance(unmoved(self.reals.named[name]), OpResult)
            if made and tally.element is not None:
                of_layer = decibels(tally.closeness), cosine(tally.closeness)
                layers.setdefault(tally.layer, LayerAccuracy(tally.layer, *of_layer))
        worst = list(layers.values())[:WORST_LAYERS]
        outputs = [each.figures() for each in self.outputs]
        passing = crossings(self.module)
        return Accuracy(
            self.samples,
            outputs,
            worst,
            list(seams(passing, self.seen)),
            list(self._operators()),
        )

    def _operators(self) -> Iterator[LayerAccuracy]:
        """Whatever makes integers, in order."""
        tallies = {op: t for found in self.seen.values() for op, t in found.items()}
        for op in self.module.walk():
            tally = tallies.get(op)
            if tally is not None and tally.element is not None:
                found = decibels(tally.closeness), cosine(tally.closeness)
                yield LayerAccuracy(source_name(op), *found)


def names_in(module: ModuleOp) -> set[str]:
    """The names of the reals that tensors of a module are or stand for."""
    return {stands_for(result) for op in module.walk() for result in op.results}
