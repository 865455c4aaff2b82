"""What passes share beside the module: the dialects, the weights, the samples.

A text can be read, changed and written without its weights; numpy, a third of the time
that takes, is imported when a weight is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xdsl.context import Context
from xdsl.ir import Dialect

from ...errors import AipuError, Warnings

if TYPE_CHECKING:
    import numpy as np

    from ...dialects.semantics.weights import WeightStore


class AipuContext(Context):
    """An xDSL context that knows our dialects and carries weights and samples.

    `samples` maps the name of an input to an array [samples, ...], without the
    network's own batch; None where no data was given. `calibration` says what the
    network was calibrated with: "data", "noise" or "model"; nothing before it was.
    `warnings` collects what passes find that a user should know. `measure` is how the
    simulator is asked what schedules of a function cost, where there is one.
    """

    samples: Mapping[str, np.ndarray] | None
    calibration: str = ""
    measure: Callable[..., object] | None = None

    def __init__(
        self,
        weights: WeightStore | None = None,
        samples: Mapping[str, np.ndarray] | None = None,
    ):
        super().__init__()
        self._weights = weights
        self.samples = samples
        self.warnings = Warnings()
        for name, dialect in DIALECTS.items():
            self.register_dialect(name, dialect)

    @property
    def weights(self) -> WeightStore:
        """The store that passes read and add to; empty if none was given."""
        if self._weights is None:
            from ...dialects.semantics.weights import WeightStore

            self._weights = WeightStore()
        return self._weights

    @property
    def has_weights(self) -> bool:
        """Whether there is any weight at all."""
        return bool(self._weights)

    def clone(self) -> AipuContext:
        """A context of its own: what is added to one is not seen by the other."""
        weights = self.weights.copy() if self.has_weights else None
        other = AipuContext(weights, self.samples)
        other.calibration = self.calibration
        other.measure = self.measure
        other.warnings = Warnings(self.warnings.lines())
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


def warn(ctx: Context, message: str, place: str = "") -> None:
    """Let a context that can carry it know what a user should know."""
    if isinstance(ctx, AipuContext):
        ctx.warnings.add(message, place)


def builtin() -> Dialect:
    from xdsl.dialects.builtin import Builtin

    return Builtin


def func() -> Dialect:
    from xdsl.dialects.func import Func

    return Func


def quant() -> Dialect:
    from ...dialects.quant import Quant

    return Quant


def nn() -> Dialect:
    from ...dialects.nn import Nn

    return Nn


def tile() -> Dialect:
    from ...dialects.tile import Tile

    return Tile


def aipu() -> Dialect:
    from ...dialects.aipu import Aipu

    return Aipu


DIALECTS: dict[str, Callable[[], Dialect]] = {
    "builtin": builtin,
    "func": func,
    "quant": quant,
    "nn": nn,
    "tile": tile,
    "aipu": aipu,
}
