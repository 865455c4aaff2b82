"""Run a float network on samples and write down what values its tensors take.

%1 = nn.conv2d %0, %w, %b then relu6
==>
%1 = nn.conv2d %0, %w, %b then relu6 {range = array<f64: 0.0, 5.871>, mean = "key"}

Every tensor gets its range; one that weights are multiplied with also the mean of each
of its channels, as a weight. What the model itself has quantised needs neither. With
the method `best`, a tensor gets several `ranges`, for `choose-ranges` to try. The
samples are those of the context, or of the file
`data`; without either, noise, and the context says so. Values are computed in float64
and on one thread, and a range keeps six digits, so it is the same on any machine and
with any number of threads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, f32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, BlockArgument, SSAValue

from ...dialects import nn
from ...dialects.quant import quantisation
from ...errors import AipuError, nearest
from ..authoring.constants import has_scale
from ..authoring.context import AipuContext, warn, weights_of
from ..authoring.functions import input_name, main_function
from ..authoring.operators import computed_operands, operators
from ..authoring.pinned import pinned
from ..authoring.places import runs_on_host
from ..authoring.promises import EXACT, AipuPass
from ..authoring.ranges import (
    Range,
    read_method,
    source,
    write_candidates,
    write_mean,
    write_range,
)
from .arithmetic.arithmetic import arithmetic
from .arithmetic.scales import symmetric
from .calibration.channel_mean import ChannelMean
from .calibration.doubts import NOT_USED, BestClasses, doubts
from .calibration.halves import Halves
from .calibration.network_input import Input, network_inputs
from .calibration.observation import observe
from .calibration.observers import BEST, CANDIDATES, METHODS, RangeObserver, Settings
from .calibration.samples import Samples, batches, noise, prepared, read_samples

PERCENTILE = 99.999


@dataclass(frozen=True)
class CalibratePass(AipuPass):
    """The range of every tensor becomes an attribute of what makes it.

    method: how a range follows from values, percentile, batch-percentile, min-max,
        mean or moving-mean, or the best of several; an operator that has an attribute
        `calibration` with another method goes by that. By default the best, or what the
        arithmetic is used to. The best of noise, and of what a model that has integers
        of its own leaves open, is a percentile: there is nothing to judge by.
    percentile: of the values, or of the batches, that lie in the range, for the
        methods of that name; 99.999 by default. Alone it asks for `percentile`.
    data: an `.npy` or `.npz` of samples, in place of those of the context.
    symmetric_inputs: the zero point of every input is 0.
    arithmetic: as in `quantise-operators`; it says what of a range is kept.
    """

    name = "calibrate"
    semantics = EXACT

    method: str = ""
    percentile: float | None = None
    data: str = ""
    symmetric_inputs: bool = False
    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        function, weights = main_function(op), weights_of(ctx)
        check_inputs(function)
        inputs = network_inputs(function)
        means = {value: ChannelMean() for value in multiplied(function.body.block)}
        if not means and is_pinned(function.body.block):
            say(ctx, "model")
            if self.data or (isinstance(ctx, AipuContext) and ctx.samples is not None):
                warn(ctx, NOT_USED)
            return
        samples = self.samples(ctx, inputs)
        runs = list(batches(noise(inputs) if samples is None else samples, inputs))
        several = samples is not None and not has_pins(function.body.block)
        best = CANDIDATES if several else CANDIDATES[:1]
        ranges: dict[SSAValue, list[RangeObserver]] = {}
        classes, halves = BestClasses(function), Halves()

        def see(value: SSAValue, values: np.ndarray) -> None:
            classes.see(value, values)
            if pinned(value) is None and nn.element_type(value) == f32:
                if value not in ranges:
                    methods = self.methods_of(value, best)
                    ranges[value] = [self.observer(each, len(runs)) for each in methods]
                for observer in ranges[value]:
                    observer.see(values)
                halves.see(value, values)
            if value in means:
                means[value].see(values)

        observe(function, weights, runs, see)
        for doubt in doubts(samples, classes, halves):
            warn(ctx, doubt)
        for value, observers in ranges.items():
            self.write_ranges(value, observers)
        for value, observer in means.items():
            key = weights.add(f"{source(value)}/mean", observer.mean())
            write_mean(value, key)

    def write_ranges(self, value: SSAValue, observers: Sequence[RangeObserver]) -> None:
        """Say what each observer has found; that of the first one is the range."""
        kept, found = arithmetic(self.arithmetic).kept, list[Range]()
        for observer in observers:
            low, high = observer.range()
            if self.symmetric_inputs and isinstance(value, BlockArgument):
                low, high = symmetric(low, high)
            found.append((kept(min(low, 0.0)), kept(max(high, 0.0))))
        write_range(value, *found[0])
        if len(found) > 1:
            write_candidates(value, found)

    def samples(self, ctx: Context, inputs: Sequence[Input]) -> Samples | None:
        """The samples of the file or the context, prepared; the context says which.

        Raises:
            AipuError: they do not fit the inputs.
        """
        found = ctx.samples if isinstance(ctx, AipuContext) else None
        if self.data:
            found = read_samples(Path(self.data), inputs)
        say(ctx, "noise" if found is None else "data")
        return None if found is None else prepared(found, inputs)

    def methods_of(self, value: SSAValue, best: Sequence[str]) -> Sequence[str]:
        """How the range of `value` follows: by its own method, or by that of all."""
        usual = arithmetic(self.arithmetic).method
        asked = self.method or (usual if self.percentile is None else "percentile")
        method = read_method(value) or asked
        return best if method == BEST else [method]

    def observer(self, text: str, batches: int) -> RangeObserver:
        """A new observer, of a method such as `min-max` or `percentile=99.9`.

        Raises:
            AipuError: there is no such method, or no such percentile.
        """
        method, _, number = text.partition("=")
        try:
            percentile = float(number or self.percentile or PERCENTILE)
        except ValueError:
            raise AipuError(f"no percentile: '{number}'") from None
        if method not in METHODS:
            raise AipuError(
                f"no calibration method '{method}'",
                remedy=nearest(method, [BEST, *METHODS]),
            )
        if not 50 <= percentile <= 100:
            raise AipuError(f"a percentile is 50 to 100; found {percentile}")
        return METHODS[method](Settings(percentile, batches))


def say(ctx: Context, source: str) -> None:
    """Let the context know what the network was calibrated with."""
    if isinstance(ctx, AipuContext):
        ctx.calibration = source


def check_inputs(function: FuncOp) -> None:
    """Whether there can be samples for every input.

    Raises:
        AipuError: an input is quantised.
    """
    for argument in function.args:
        place = f"input '{input_name(argument)}'"
        if quantisation(argument) is not None:
            remedy = "run 'calibrate' before 'quantise-operators', and only once"
            raise AipuError("it is quantised already", place=place, remedy=remedy)


def multiplied(block: Block) -> list[SSAValue]:
    """The tensors that weights of no scale yet are multiplied with, once each."""
    readers = (op for op in block.ops if isinstance(op, nn.WeightedSums))
    tensors = (op.ifm for op in readers if not has_scale(op.weight))
    return list(dict.fromkeys(each for each in tensors if quantisation(each) is None))


def is_pinned(block: Block) -> bool:
    """Whether the model says the type of every tensor that the machine reads or makes.

    An operator that was not placed yet may come to run on the machine.
    """
    on_machine = (op for op in operators(block) if not runs_on_host(op))
    values = (v for op in on_machine for v in (*computed_operands(op), op.ofm))
    return all(pinned(value) is not None for value in values)


def has_pins(block: Block) -> bool:
    """Whether the model says the type of any tensor."""
    values = [*block.args, *(op.ofm for op in operators(block))]
    return any(pinned(value) is not None for value in values)
