"""What a build keeps of its accuracy, and what it warns of."""

import json
import re
import warnings
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import numpy as np
from onnx import numpy_helper, parser
from rich.console import Console
from xdsl.dialects import test as dialect
from xdsl.dialects.builtin import TensorType, f32

import aipu
from aipu.runtime.accuracy import Accuracy
from aipu.runtime.building.accuracy.doubts import doubts_of, what_is_wrong
from aipu.runtime.building.accuracy.measure import MOST_SAMPLES
from aipu.runtime.building.accuracy.outputs import Output, Part
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures
from aipu.runtime.report.findings import findings
from aipu.runtime.report.html import html
from aipu.runtime.report.terminal.report import report_tables
from aipu.tests.small_model import INPUT, OUTPUT, images, small_model

GENERATOR = np.random.default_rng(3)
CONV = "y = Conv<pads = [1,1,1,1]>(x, w)"
SAMPLES = GENERATOR.normal(size=(16, 4, 6, 6)).astype(np.float32)
WEIGHTS = {
    "w": GENERATOR.normal(0, 0.4, (4, 4, 3, 3)),
    "far": np.array([1000.0, 1, 1, 1]).reshape(4, 1, 1),
    "near": np.array([0.0, 1, 1, 1]).reshape(4, 1, 1),
}


EMPTY = dialect.TestOp(result_types=[TensorType(f32, [1])]).results[0]


def accuracy(package: Package) -> Accuracy:
    found = figures(package.report).accuracy
    assert found is not None
    return found


def built(
    body: str, samples: np.ndarray = SAMPLES, options: Mapping[str, str] | None = None
) -> tuple[Package, list[str]]:
    """A package of a text from `x` to `y`, and the warnings of its build."""
    head = '<ir_version: 9, opset_import: ["" : 17]> net (float[1,4,6,6] x)'
    made = parser.parse_model(f"{head} => (float[N] y) {{ {body} }}")
    for name, array in WEIGHTS.items():
        if any(name in node.input for node in made.graph.node):
            weight = numpy_helper.from_array(array.astype(np.float32), name)
            made.graph.initializer.append(weight)
    made.graph.output[0].type.tensor_type.ClearField("shape")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        package = aipu.compile(made, calibration=samples, quantise=options)
    return package, [str(each.message) for each in caught]


def test_figures_are_those_of_the_runs_on_the_samples() -> None:
    """Reference: the outputs of the binary beside those of the float network."""
    package, said = built(CONV)
    found = np.concatenate([package.run({"x": x[None]}).outputs["y"] for x in SAMPLES])
    reals = package.reference({"x": SAMPLES}, "float")["y"].astype(np.float64)
    noise = np.square(reals - found).sum()
    (output,) = accuracy(package).outputs
    assert output.sqnr_db == round(10 * np.log10(np.square(reals).sum() / noise), 1)
    norms = np.linalg.norm(reals) * np.linalg.norm(found)
    assert output.cosine == round(float((reals * found).sum() / norms), 4)
    assert accuracy(package).samples == len(SAMPLES)
    assert said == []


def test_classes_that_agree_are_counted_frame_by_frame() -> None:
    """Reference: the largest elements of both networks."""
    package = aipu.compile(small_model(), calibration=images(32))
    (output,) = accuracy(package).outputs
    chosen = images(32)[np.linspace(0, 31, MOST_SAMPLES).astype(int)]
    same = [
        package.run({INPUT: image[None]}).outputs[OUTPUT].argmax()
        == package.reference({INPUT: image[None]}, "float")[OUTPUT].argmax()
        for image in chosen
    ]
    assert output.best_class == np.mean(same)


def test_the_worst_layers_come_first_and_are_those_of_verify() -> None:
    package = aipu.compile(
        small_model(), calibration=images(MOST_SAMPLES), strategy="layerwise"
    )
    worst = accuracy(package).worst_layers
    rows = package.verify({INPUT: images(MOST_SAMPLES)})
    known = [row.sqnr_db for row in rows if row.level == "binary" and row.sqnr_db]
    found = [each.sqnr_db for each in worst]
    assert found == [round(each, 1) for each in sorted(known)[:3]]


def test_every_operator_of_the_machine_is_kept_as_verify_has_it() -> None:
    """Inside of groups, too: there they are what verify says of one that is alone."""
    samples = images(MOST_SAMPLES)
    alone = aipu.compile(small_model(), strategy="layerwise", calibration=samples)
    rows = alone.verify({INPUT: samples})
    known = {row.name: row.sqnr_db for row in rows if row.level == "binary"}
    together = aipu.compile(small_model(), strategy="dp", calibration=samples)
    for package in (alone, together):
        found = {each.name: each.sqnr_db for each in accuracy(package).operators}
        assert known.keys() <= found.keys()
        for name, sqnr_db in known.items():
            assert found[name] == (sqnr_db if sqnr_db is None else round(sqnr_db, 1))


def test_an_output_that_says_nothing_in_integers() -> None:
    _, (line,) = built("a = Mul(x, far) y = Mul(a, near)")
    assert line.startswith("output 'y' is constant in integers, and -3.")
    assert "most is lost at 'y'" in line


def test_a_range_that_cuts_is_the_cause() -> None:
    """Some e^e^x are so large that their mean, or anything, is no scale for others."""
    twice = "Concat<axis=1>"  # or all would be one table
    body = f"b = Exp(x) d = {twice}(b, b) c = Exp(d) e = {twice}(c, c) y = Sqrt(e)"
    _, (line,) = built(body)
    assert line.startswith("output 'y' is 0.0 dB from its reals (cosine ")
    assert "most is lost at 'c': its range, 0 to " in line
    assert "cuts off values up to 1.47e+21" in line


def test_an_input_of_two_steps_is_told_with_layer_and_count() -> None:
    samples = 0.1 * SAMPLES
    samples[0, 0, 0, 0] = 1000
    _, said = built(CONV, samples, {"method": "min-max"})
    assert (
        said[-1] == "y: its input 'x' takes 2 of 255 steps, too few for what it holds"
    )


def test_a_part_of_a_joined_output_that_is_lost_is_named() -> None:
    """The whole has next to no noise: it is that of its large part."""
    large, small = Part("boxes"), Part("scores")
    whole = Part("y")
    output = Output(value=EMPTY, whole=whole, join=None, parts=[large, small])
    boxes, scores = np.linspace(0, 640, 100), np.linspace(0, 1, 100)
    for part, reals, found in (
        (large, boxes, np.rint(boxes)),
        (small, scores, np.zeros(100)),
        (whole, np.r_[boxes, scores], np.r_[np.rint(boxes), np.zeros(100)]),
    ):
        part.see(reals, found)
    (line,) = doubts_of(output, {})
    assert line == (
        "output 'y': its part 'scores' is constant in integers, and 0 to 1 in reals"
    )


def test_what_is_not_finite_is_told_unless_it_is_so_in_reals() -> None:
    inf = float("inf")
    part = Part("y")
    part.see(np.array([1.0, inf]), np.array([1.0, inf]))
    assert what_is_wrong(part, 10) == ""
    part.see(np.array([1.0, 2.0]), np.array([float("nan"), 2.0]))
    assert what_is_wrong(part, 10) == "is not finite in integers, and is in reals"


def test_without_samples_nothing_is_kept() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert aipu.compile(small_model()).report["accuracy"] is None


def test_it_stands_in_the_package_the_terminal_and_the_page(tmp_path: Path) -> None:
    aipu.compile(small_model(), calibration=images(8)).save(tmp_path / "package")
    package = aipu.load(tmp_path / "package")
    kept = json.loads((tmp_path / "package" / "report.json").read_text())["accuracy"]
    assert kept == package.report["accuracy"]
    sqnr = f"{kept['outputs'][0]['sqnr_db']:.1f}"
    found = findings(package)
    console = Console(file=StringIO(), width=120, record=True)
    console.print(*report_tables(found))
    text = console.export_text()
    assert re.search(rf"{OUTPUT} +{sqnr} .* on 8 samples", text)
    assert f"worst layers: {kept['worst_layers'][0]['name']} " in text
    page = html(found).decode()
    assert f"<b>{sqnr}</b>" in page
    assert "on 8 calibration samples" in page
