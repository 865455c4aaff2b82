"""Run a float network on samples and write down the range of every tensor.

%1 = nn.conv2d %0, %w, %b then relu6
==>
%1 = nn.conv2d %0, %w, %b then relu6 {range = array<f64: 0.0, 5.871>}

The samples are those of the context, or of the file `data`; without either, noise, and
the context says so. Values are computed in float64 and on one thread, and a range keeps
six digits, so it is the same on any machine and with any number of threads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from ..dialects import nn
from ..errors import AipuError, nearest
from .calibration.observation import observe
from .calibration.observers import METHODS, RangeObserver, Settings
from .calibration.range_attributes import write_range
from .calibration.samples import (
    Input,
    Samples,
    batches,
    check_samples,
    noise,
    read_samples,
)
from .context import AipuContext, weights_of
from .functions import input_name, main_function
from .quantisation.scales import significant
from .semantics import EXACT, AipuPass


@dataclass(frozen=True)
class CalibratePass(AipuPass):
    """The range of every tensor becomes an attribute of what makes it.

    method: how a range follows from values: min-max or percentile.
    percentile: of the values that lie in the range, for that method.
    data: an `.npy` or `.npz` of samples, in place of those of the context.
    """

    name = "calibrate"
    semantics = EXACT

    method: str = "min-max"
    percentile: float = 99.99
    data: str = ""

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        function = main_function(op)
        inputs = [Input(input_name(each), nn.shape(each)) for each in function.args]
        runs = list(batches(self.samples(ctx, inputs), inputs))
        observers = observe(
            function, weights_of(ctx), runs, lambda: self.observer(len(runs))
        )
        for value, observer in observers.items():
            low, high = observer.range()
            write_range(value, significant(min(low, 0.0)), significant(max(high, 0.0)))

    def samples(self, ctx: Context, inputs: Sequence[Input]) -> Samples:
        """The samples of the file or the context; else noise, which the context says.

        Raises:
            AipuError: they do not fit the inputs.
        """
        found = ctx.samples if isinstance(ctx, AipuContext) else None
        if self.data:
            found = read_samples(Path(self.data), inputs)
        if isinstance(ctx, AipuContext):
            ctx.calibration = "noise" if found is None else "data"
        if found is None:
            return noise(inputs)
        check_samples(found, inputs)
        return found

    def observer(self, batches: int) -> RangeObserver:
        """A new observer, of the method that was asked for.

        Raises:
            AipuError: there is no such method, or no such percentile.
        """
        if self.method not in METHODS:
            raise AipuError(
                f"no calibration method '{self.method}'",
                remedy=nearest(self.method, METHODS),
            )
        if not 50 < self.percentile <= 100:
            raise AipuError(
                f"a percentile lies above 50, up to 100; found {self.percentile}"
            )
        return METHODS[self.method](Settings(self.percentile, batches))
