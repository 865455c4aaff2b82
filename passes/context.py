"""What passes share beside the module: the dialects, the weights, the samples."""

from collections.abc import Callable, Mapping

import numpy as np
from xdsl.context import Context
from xdsl.ir import Dialect

from ..dialects.semantics.weights import WeightStore
from ..errors import AipuError


class AipuContext(Context):
    """An xDSL context that knows our dialects and carries weights and samples.

    `samples` maps the name of an input to an array [samples, ...], without the
    network's own batch; None where no data was given. `calibration` says what the
    network was calibrated with: "data" or "noise"; nothing before it was.
    """

    weights: WeightStore
    samples: Mapping[str, np.ndarray] | None
    calibration: str = ""

    def __init__(
        self,
        weights: WeightStore | None = None,
        samples: Mapping[str, np.ndarray] | None = None,
    ):
        super().__init__()
        self.weights = weights if weights is not None else WeightStore()
        self.samples = samples
        for name, dialect in DIALECTS.items():
            self.register_dialect(name, dialect)

    def clone(self) -> "AipuContext":
        """A context of its own: what is added to one is not seen by the other."""
        other = AipuContext(self.weights.copy(), self.samples)
        other.calibration = self.calibration
        vars(other).update(vars(super().clone()))
        return other


def weights_of(ctx: Context) -> WeightStore:
    """The weight store of a context.

    Raises:
        AipuError: the context has none, so that new weights would be lost.
    """
    if not isinstance(ctx, AipuContext):
        raise AipuError(
            "this pass reads and writes weights, and the context carries none",
            remedy="run it with aipu-opt, or apply it with an AipuContext",
        )
    return ctx.weights


def builtin() -> Dialect:
    from xdsl.dialects.builtin import Builtin

    return Builtin


def func() -> Dialect:
    from xdsl.dialects.func import Func

    return Func


def quant() -> Dialect:
    from ..dialects.quant import Quant

    return Quant


def nn() -> Dialect:
    from ..dialects.nn import Nn

    return Nn


DIALECTS: dict[str, Callable[[], Dialect]] = {
    "builtin": builtin,
    "func": func,
    "quant": quant,
    "nn": nn,
}
