"""Numbers as people read them."""

import pytest

from aipu.runtime.report.quantities import decimals, percent, quantity, ratio


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (3_857_973_248, "MAC", "3.858 GMAC"),
        (64_870_352, "B", "64.87 MB"),
        (512, "B", "512 B"),
        (999, "B", "999 B"),
        (1000, "B", "1.000 kB"),
        (999.96, "B", "1.000 kB"),
        (0.0975829, "s", "97.58 ms"),
        (7.5e-7, "s", "750.0 ns"),
        (0, "B", "0 B"),
        (0.0, "s", "0 s"),
    ],
)
def test_quantities(number: float, unit: str, text: str) -> None:
    assert quantity(number, unit) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.3861, "38.6 %"), (1, "100.0 %"), (0, "0.0 %"), (1e-9, "< 0.1 %")],
)
def test_percentages(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("found", "bound", "text"),
    [(97.58, 49.2, "1.98x"), (607_601, 433, "1,403x"), (5, 0, "-")],
)
def test_ratios(found: float, bound: float, text: str) -> None:
    assert ratio(found, bound) == text


def test_no_number_is_a_dash() -> None:
    assert decimals(None, 3) == "-"
    assert decimals(36.89, 1) == "36.9"
