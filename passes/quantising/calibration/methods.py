"""How the range of a tensor follows from its values, as it was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.ir import SSAValue

from ....errors import AipuError, nearest
from ...authoring.ranges import read_method
from .observers import BEST, METHODS, RangeObserver, Settings

PERCENTILE = 99.999


@dataclass(frozen=True)
class Methods:
    """One for all tensors, but those that say another themselves.

    usual: the method, such as `min-max`; `best` for several, to choose from.
    percentile: of the values, or of the batches, that lie in a range; if None, nearly
        all.
    best: those that there are to choose from.
    batches: how many each observer will see.
    """

    usual: str
    percentile: float | None
    best: Sequence[str]
    batches: int

    def observers(self, value: SSAValue) -> list[RangeObserver]:
        """New ones for a tensor; the first is of the method that is best by itself.

        Raises:
            AipuError: there is no such method, or no such percentile.
        """
        method = read_method(value) or self.usual
        names = self.best if method == BEST else [method]
        return [self.observer(name) for name in names]

    def observer(self, text: str) -> RangeObserver:
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
        return METHODS[method](Settings(percentile, self.batches))
