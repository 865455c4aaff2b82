"""A strategy and a target of a user's own, by name and by file."""

from pathlib import Path
from shlex import split

import pytest
from click.testing import CliRunner

import aipu
from aipu.cli.aipu_opt import main as aipu_opt
from aipu.errors import AipuError
from aipu.extensions import EXTENSIONS, for_a_while
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.quantised import Quantised
from aipu.tests.small_model import images, save, small_model

NARROW = """\
from aipu.extend import candidates, cheapest, cost, fits, plan, strategy

@strategy("fewest-bytes")
def fewest_bytes(graph, machine):
    return {group.name: least(group, machine) for group in graph.groups}

def least(group, machine):
    choices = []
    for schedule in candidates(group, machine, slots=2):
        spent = cost(plan(group, schedule), machine)
        if fits(spent, machine):
            choices.append((spent.dram_bytes, spent.cycles, schedule))
    return min(choices)[2]

class AsBefore:
    def schedule(self, graph, machine):
        return {group.name: cheapest(group, machine) for group in graph.groups}
"""


def moved(package: Package) -> int:
    """The bytes that its layers move over the bus."""
    return sum(layer.dram_bytes for layer in package.profile.layers)


@pytest.fixture(scope="module")
def small() -> Quantised:
    """The small model, quantised once."""
    return Quantised(small_model(), images(4))


def test_a_function_is_a_strategy_by_its_name(small, write) -> None:
    apart = small.by("layerwise")
    aipu.load_extension(write(NARROW))
    package = small.by("fewest-bytes")
    assert moved(package) <= moved(apart)
    assert all(row.equal for row in package.verify())
    assert package.manifest.strategy == "fewest-bytes"


@pytest.mark.parametrize("name", ["fewest_bytes", "AsBefore"])
def test_a_file_and_a_name_are_a_strategy(write, name: str) -> None:
    file = write(NARROW)
    with for_a_while():
        package = aipu.compile(small_model(), strategy=f"{file}:{name}")
        assert [each.path for each in EXTENSIONS.values()] == [file]
    assert all(row.equal for row in package.verify())
    (used,) = package.manifest.extensions
    assert (used.name, used.operators) == ("mine.py", [])
    assert package.manifest.strategy == f"mine.py:{name}"


THREE = """\
from aipu.extend import StripedSchedule, Weights, cheapest, strategy

@strategy("first-three")
def first_three(graph, machine):
    assert graph.together(0, 3) is not None
    first, *rest = graph.groups[:3], *graph.groups[3:]
    schedule = StripedSchedule(4, (Weights(),) * 3, "ws")
    alone = {group.name: cheapest(group, machine) for group in rest}
    return {tuple(group.name for group in first): schedule, **alone}
"""


def test_neighbours_run_together_where_a_strategy_says_so(small, write) -> None:
    aipu.load_extension(write(THREE))
    package = small.by("first-three")
    first, second, *_ = figures(package.report).layers
    assert (first.op, second.op) == ("2 conv2d+add", "conv2d+max_pool2d+avg_pool2d")
    assert all(row.equal for row in package.verify())
    usual = small.by("dp")
    found, expected = (each.run(each.noise()).outputs for each in (package, usual))
    assert all((found[name] == expected[name]).all() for name in expected)


def test_a_class_decides_as_the_function_that_it_calls(small, write) -> None:
    same = small.by(f"{write(NARROW)}:AsBefore")
    assert same.binary == small.by("layerwise").binary


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (NARROW, "Fewest", "no 'Fewest' in this file"),
        (NARROW, "fewest_byte", "did you mean 'fewest_bytes'?"),
        ("def f(graph, machine): return {}", "f", "gives it no schedule"),
        ("def f(graph, machine): return graph.x", "f", "mine.py:1): the strategy "),
        ("class C: pass", "C", "is no strategy"),
        ("class C:\n  def __init__(self, x): pass\n  schedule = 1", "C", "TypeError"),
        ("x = 1/0", "C", "mine.py:1: the strategy "),
    ],
)
def test_what_is_no_strategy_is_said(write, text: str, name: str, words: str) -> None:
    file = write(text)
    with pytest.raises(AipuError) as raised:
        aipu.compile(small_model(), strategy=f"{file}:{name}")
    assert words in str(raised.value)


def test_the_lines_that_build_it_again_find_its_strategy(
    write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(NARROW.replace("@strategy", "# "), "mine.py")
    save(small_model(), tmp_path / "small.onnx")
    (tmp_path / "out-levels").mkdir()
    words = ("build", "small.onnx", "-o", "out", "--strategy", "mine.py:AsBefore")
    lines = command(*words).output.splitlines()
    for line in (each.strip() for each in lines if each.strip().startswith("aipu-opt")):
        result = CliRunner().invoke(aipu_opt, split(line)[1:])
        assert result.exit_code == 0, result.output
    made = (tmp_path / "out-levels" / "tile.mlir").read_text()
    assert "schedule" in made


def test_a_missing_file_of_a_strategy() -> None:
    with pytest.raises(AipuError, match=r"nowhere\.py: no such file"):
        aipu.compile(small_model(), strategy="nowhere.py:C")


TARGET = """\
base = "r329"
name = "mine"
description = "an R329 with twice the clock"
clock_hz = 1_600_000_000
"""
TWO_LINES = 'from aipu.extend import target\ntarget("mine.toml")\n'


def test_a_target_beside_the_file_is_known_by_its_name(write) -> None:
    write(TARGET, "mine.toml")
    file = write(TWO_LINES)
    listed = command("targets", "--load", file).output
    assert "an R329 with twice the clock" in listed
    assert "mine" not in command("targets").output
    with for_a_while():
        aipu.load_extension(file)
        package = aipu.compile(small_model(), target="mine")
    assert package.machine.clock_hz == 1_600_000_000
    assert package.run(package.noise()).outputs  # its numbers are in the package


def test_a_target_may_be_the_base_of_another(write, tmp_path: Path) -> None:
    write(TARGET, "mine.toml")
    file = write(TWO_LINES)
    other = write(TARGET.replace('"r329"', '"mine"').replace("1_6", "2_6"), "on.toml")
    shown = command("targets", other, "--load", file, "--json")
    assert "2600000000" in shown.output


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (TARGET.replace("mine", "r329"), "a target 'r329' exists already"),
        (TARGET.replace("clock_hz", "clokc_hz"), "clokc_hz"),
        (None, "mine.toml"),
    ],
)
def test_a_target_that_is_none_is_said(write, toml: str | None, words: str) -> None:
    if toml is not None:
        write(toml, "mine.toml")
    message = complaint("targets", "--load", write(TWO_LINES))
    assert words in message
    assert "mine.py:2" in message
