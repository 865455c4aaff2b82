"""Numbers as people read them, the same in the terminal and on the page."""

PREFIXES = (
    (1e12, "T"),
    (1e9, "G"),
    (1e6, "M"),
    (1e3, "k"),
    (1.0, ""),
    (1e-3, "m"),
    (1e-6, "µ"),
    (1e-9, "n"),
)
ROUNDS_UP = 0.99995
"""What four digits show as 1.000."""


def quantity(number: float, unit: str) -> str:
    """Four digits and a prefix: `3.858 GMAC`, `97.58 ms`; small integers as they are.

    Prefixes are powers of ten, for bytes too.
    """
    if isinstance(number, int) and number < 1000:
        return f"{number} {unit}"
    for step, prefix in PREFIXES:
        if number >= step * ROUNDS_UP:
            return f"{number / step:#.4g} {prefix}{unit}"
    return f"0 {unit}"


def count(number: int) -> str:
    """All digits, in groups of three: `78,066,300`."""
    return f"{number:,}"


def percent(share: float) -> str:
    """`38.6 %`; what is more than nothing is never shown as nothing."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def ratio(found: float, bound: float) -> str:
    """How many times its bound something is: `1.98x`; a dash where the bound is 0."""
    if not bound:
        return "-"
    times = found / bound
    return f"{times:.2f}x" if times < 99.995 else f"{times:,.0f}x"


def decimals(number: float | None, places: int) -> str:
    """So many places behind the point; a dash where there is no number."""
    return "-" if number is None else f"{number:.{places}f}"
