"""What a tensor keeps of its reals where it crosses, before that and after."""

from io import StringIO

import numpy as np
from rich.console import Console
from xdsl.ir import Operation

import aipu
from aipu.dialects.quant import quantisation
from aipu.dialects.semantics.evaluate import evaluate
from aipu.dialects.semantics.uniform import to_reals
from aipu.passes.authoring.functions import main_function
from aipu.passes.quantising.arithmetic.identity import stands_for
from aipu.runtime.accuracy import SeamAccuracy
from aipu.runtime.building.levels import PREPARED, QUANTISED
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures
from aipu.runtime.report.findings import findings
from aipu.runtime.report.html import html
from aipu.runtime.report.terminal.frame import frame_tables
from aipu.tests.small_model import images, small_model

SAMPLES = images(4)
"""Few enough for all of them to be compared."""


def built() -> Package:
    """`sum` goes to the host, which normalises it, and `normal` comes back."""
    return aipu.compile(small_model(), calibration=SAMPLES)


def tensors(package: Package, level: str) -> dict[tuple[str, bool], np.ndarray]:
    """Every tensor of a level by its name, and whether it is in integers: as reals."""
    found: dict[tuple[str, bool], list[np.ndarray]] = {}

    def keep(op: Operation, result: np.ndarray) -> None:
        element = quantisation(op.results[0])
        reals = result if element is None else to_reals(result, element)
        key = stands_for(op.results[0]), element is not None
        found.setdefault(key, []).append(reals.ravel())

    for image in SAMPLES:
        function = main_function(package.levels[level])
        evaluate(function, [image[None]], package.weights, observe=keep)
    return {key: np.concatenate(each) for key, each in found.items()}


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one.astype(np.float64), other.astype(np.float64)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def test_the_cosines_are_those_of_the_tensors() -> None:
    """To the machine reals are rounded; on the way to the host nothing is."""
    package = built()
    reals, integers = tensors(package, PREPARED), tensors(package, QUANTISED)
    accuracy = figures(package.report).accuracy
    assert accuracy is not None
    total = reals["sum", False]
    normal = reals["normal", False]
    given = cosine(total, integers["sum", True])
    made = cosine(normal, integers["normal", False])
    got = cosine(normal, integers["normal", True])
    assert len({given, made, got, 1.0}) == 4
    given, made, got = (round(each, 6) for each in (given, made, got))
    assert SeamAccuracy("sum", "host", given, given) in accuracy.seams
    assert SeamAccuracy("normal/quantise", "machine", made, got) in accuracy.seams


def test_an_input_is_itself_before_it_is_rounded() -> None:
    accuracy = figures(built().report).accuracy
    assert accuracy is not None
    first = accuracy.seams[0]
    assert (first.tensor, first.to, first.before) == ("first/quantise", "machine", 1.0)
    assert 0.99 < first.after < 1


def test_there_is_one_for_each_crossing() -> None:
    found = figures(built().report)
    assert found.accuracy is not None
    assert [(each.tensor, each.to) for each in found.accuracy.seams] == [
        (each.tensor, each.to) for each in found.crossings
    ]


def test_terminal_and_page_show_them() -> None:
    package = built()
    found = findings(package)
    assert found.figures.accuracy is not None
    console = Console(file=StringIO(), width=120, record=True)
    console.print(*frame_tables(found.figures))
    text, page = console.export_text(), html(found).decode()
    for each in found.figures.accuracy.seams:
        (row,) = (
            line
            for line in text.splitlines()
            if line.startswith(f"{each.tensor} ") and "µs" in line and each.to in line
        )
        assert row.split()[-2:] == [f"{each.before:.6f}", f"{each.after:.6f}"]
        assert f'<td class="n">{each.before:.6f}<td class="n">{each.after:.6f}' in page


def test_without_samples_there_is_no_column() -> None:
    package = aipu.compile(small_model(), quantise={"method": "min-max"})
    console = Console(file=StringIO(), width=120, record=True)
    console.print(*frame_tables(findings(package).figures))
    assert "cosine" not in console.export_text()
