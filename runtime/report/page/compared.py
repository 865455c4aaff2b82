"""The page of two packages side by side: figures, operators that differ, graphs."""

from collections.abc import Sequence

from ..caveats import caveats
from ..comparison import comparison_rows
from ..findings import Findings
from ..graph.built import Known
from ..graph.compared import compared_picture, signed
from ..graph.differences import Difference, differences
from ..quantities import count, quantity
from .templates import template


def render_compared(names: Sequence[str], packages: Sequence[Findings]) -> str:
    """The whole page.

    Args:
        names: that the two packages are shown under.
        packages: the first, and what it is compared with.
    """
    first, second = map(Known, packages)
    found = differences(first, second)
    pictures = [
        compared_picture(known, found, key)
        for known, key in ((first, "first"), (second, "second"))
    ]
    return template("compared.html", (quantity, count, signed)).render(
        names=names,
        packages=packages,
        caveats=[
            f"{name}: {caveat}"
            for name, each in zip(names, packages, strict=True)
            for caveat in caveats(each.figures)
        ],
        rows=list(comparison_rows(packages)),
        alike=sum(not each.kinds for each in found.values()),
        changed=sorted((d for d in found.values() if d.kinds), key=_largest_first),
        pictures=pictures,
    )


def _largest_first(difference: Difference) -> tuple[int, int]:
    return -abs(difference.cycles), -abs(difference.dram_bytes)
