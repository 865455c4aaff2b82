"""A text of any level is taken up where it is; passes run between the levels."""

from pathlib import Path
from shutil import copyfile

import pytest

from aipu.cli.build import LEVELS
from aipu.errors import AipuError
from aipu.runtime.building.driver import Options, build
from aipu.runtime.building.levels import FILES
from aipu.runtime.building.package import Package
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.small_model import save, small_model

OTHER_FLOW = '''
from dataclasses import dataclass

from aipu.dialects import tile
from aipu.extend import EXACT, AipuPass


@dataclass(frozen=True)
class OtherFlowPass(AipuPass):
    """Let sums stay in the array, and weights come again."""

    name = "other-flow"
    semantics = EXACT

    works: int = 100

    def apply(self, ctx, op):
        groups = [each for each in op.walk() if isinstance(each, tile.GroupOp)]
        for group in groups[: self.works]:
            schedule = group.schedule.data._replace(dataflow="os")
            group.schedule = tile.ScheduleAttr(schedule)
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model and the package that is built of it."""
    folder = tmp_path_factory.mktemp("texts")
    save(small_model(), folder / "small.onnx")
    build(folder / "small.onnx", Options()).save(folder / "package")
    return folder


def test_the_command_knows_the_levels() -> None:
    assert list(LEVELS) == list(FILES)


@pytest.mark.parametrize("level", ["prepared", "quantised", "tile"])
def test_a_text_is_taken_up_at_its_level(
    folder: Path, tmp_path: Path, level: str
) -> None:
    text = tmp_path / "text.mlir"
    copyfile(folder / "package" / FILES[level], text)
    copyfile(folder / "package" / "weights.npz", text.with_suffix(".npz"))
    found, expected = build(text, Options()), Package.load(folder / "package")
    assert found.binary == expected.binary
    below = list(FILES)[list(FILES).index(level) + 1 :]
    assert list(found.manifest.pipelines) == [FILES[each] for each in below]
    assert all(row.equal for row in found.verify())


def test_the_lines_of_a_package_begin_at_its_level(
    folder: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.mlir"
    copyfile(folder / "package" / FILES["tile"], text)
    copyfile(folder / "package" / "weights.npz", text.with_suffix(".npz"))
    done = aipu("build", text, "-o", tmp_path / "out")
    lines = [line for line in done.stdout.splitlines() if line.startswith("aipu-opt")]
    assert len(lines) == 1
    assert "-p 'lower{target=r329}'" in lines[0]


def test_a_program_alone_is_no_package(folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.mlir"
    copyfile(folder / "package" / FILES["aipu"], text)
    copyfile(folder / "package" / "weights.npz", text.with_suffix(".npz"))
    for file in (text, tmp_path / "program.s"):
        with pytest.raises(AipuError, match="a program of instructions alone"):
            build(file, Options())


def test_passes_run_between_the_levels(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "other_flow.py"
    own.write_text(OTHER_FLOW)
    options = ("--load", own, "--after", "tile", "other-flow{works=1}")
    done = aipu("build", folder / "small.onnx", "-o", tmp_path / "out", *options)
    assert done.exit_code == 0, done.output
    made = Package.load(tmp_path / "out")
    assert made.binary != Package.load(folder / "package").binary
    assert made.manifest.pipelines[FILES["tile"]].endswith(",other-flow{works=1}")
    (line,) = [line for line in done.stdout.splitlines() if "other-flow" in line][-1:]
    assert f"--load {own}" in line
    assert all(row.equal for row in made.verify())


def test_several_passes_at_one_level_run_in_order(folder: Path, tmp_path: Path) -> None:
    options = ("--after", "float", "cse", "--after", "float", "canonicalise")
    done = aipu("build", folder / "small.onnx", "-o", tmp_path / "out", *options)
    assert done.exit_code == 0, done.output
    pipelines = Package.load(tmp_path / "out").manifest.pipelines
    assert pipelines[FILES["float"]] == "import,cse,canonicalise"


def test_a_level_or_a_pass_that_is_none(folder: Path, tmp_path: Path) -> None:
    model = ("build", folder / "small.onnx", "-o", tmp_path / "out", "--after")
    assert "'floot' is not one of" in complaint(*model, "floot", "cse", code=2)
    assert "did you mean 'cse'?" in complaint(*model, "float", "csee")
