"""A text of any level is taken up where it is; passes run between the levels."""

import re
from pathlib import Path
from shutil import copyfile

import pytest

from aipu.cli.build import LEVELS
from aipu.errors import AipuError
from aipu.passes.quantising.placement.pins import Pins
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
    text = text_of(folder, tmp_path, level)
    found, expected = build(text, Options()), Package.load(folder / "package")
    assert found.binary == expected.binary
    below = list(FILES)[list(FILES).index(level) + 1 :]
    assert list(found.manifest.pipelines) == [FILES[each] for each in below]
    assert all(row.equal for row in found.verify())


def test_the_schedules_of_a_text_are_nobody_s_strategy(
    folder: Path, tmp_path: Path
) -> None:
    package = build(text_of(folder, tmp_path, "tile"), Options())
    assert package.manifest.strategy == "as written"


@pytest.mark.parametrize(
    ("level", "options", "place"),
    [
        ("tile", Options(strategy="layerwise"), "--strategy"),
        ("tile", Options(pins=Pins(host=["second"])), "--host"),
        ("quantised", Options(pins=Pins(machine=["second"])), "--machine"),
        ("prepared", Options(quantise={"method": "min-max"}), "--quantise method"),
        ("quantised", Options(quantise={"arithmetic": "zhouyi"}), "--quantise arith"),
    ],
)
def test_what_a_text_has_decided_is_not_asked_for(
    folder: Path, tmp_path: Path, level: str, options: Options, place: str
) -> None:
    with pytest.raises(AipuError, match=f"^{place}.*level '{level}'"):
        build(text_of(folder, tmp_path, level), options)


def text_of(folder: Path, tmp_path: Path, level: str) -> Path:
    """The text of a level of the package, with its weights, elsewhere."""
    text = tmp_path / "text.mlir"
    copyfile(folder / "package" / FILES[level], text)
    copyfile(folder / "package" / "weights.npz", text.with_suffix(".npz"))
    return text


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


def program(folder: Path, tmp_path: Path, name: str) -> Path:
    """The program of the package as a text, its network and its weights beside it."""
    for level, file in (("aipu", "program.mlir"), ("tile", "tile.mlir")):
        copyfile(folder / "package" / FILES[level], tmp_path / file)
    copyfile(folder / "package" / "weights.npz", tmp_path / "program.npz")
    copyfile(folder / "package" / "weights.npz", tmp_path / "tile.npz")
    assembly = tmp_path / "program.s"
    assembly.write_text(aipu("disasm", folder / "package" / "aipu.bin").stdout)
    return tmp_path / name


@pytest.mark.parametrize("name", ["program.mlir", "program.s"])
def test_a_program_is_taken_up_with_its_network(
    folder: Path, tmp_path: Path, name: str
) -> None:
    made = build(program(folder, tmp_path, name), Options())
    assert made.binary == Package.load(folder / "package").binary
    assert made.manifest.name == "program"
    assert made.manifest.pipelines == {}
    assert all(row.equal for row in made.verify())


def test_a_program_that_was_edited_is_found_out(folder: Path, tmp_path: Path) -> None:
    """Its convolutions are padded with another value: verifying it tells."""
    file = program(folder, tmp_path, "program.s")
    text = file.read_text()
    edited = re.sub(r"fill=-?\d+", "fill=100", text)
    assert edited != text
    file.write_text(edited)
    assert not all(row.equal for row in build(file, Options()).verify())


@pytest.mark.parametrize("name", ["program.mlir", "program.s"])
def test_a_program_needs_its_network(folder: Path, tmp_path: Path, name: str) -> None:
    file = program(folder, tmp_path, name)
    (tmp_path / "tile.mlir").unlink()
    with pytest.raises(AipuError) as caught:
        build(file, Options())
    assert "says nothing of the layers that it computes" in caught.value.message
    assert "tile.mlir" in caught.value.remedy


def test_a_program_of_another_network_is_refused(folder: Path, tmp_path: Path) -> None:
    file = program(folder, tmp_path, "program.s")
    text = file.read_text()
    file.write_text(text.replace(".entry segment_", ".entry another_"))
    assert text != file.read_text()
    with pytest.raises(AipuError, match="is no segment of the network"):
        build(file, Options())


@pytest.mark.parametrize("level", ["float", "quantised", "tile"])
def test_a_text_in_a_package_has_its_weights(folder: Path, level: str) -> None:
    text = folder / "package" / FILES[level]
    package = build(text, Options())
    assert all(row.equal for row in package.verify())


def test_weights_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    text = folder / "package" / FILES["tile"]
    weights = folder / "package" / "weights.npz"
    done = aipu("build", text, "-o", tmp_path / "out", "--weights", weights)
    assert done.exit_code == 0, done.output
    expected = (folder / "package" / "aipu.bin").read_bytes()
    assert (tmp_path / "out" / "aipu.bin").read_bytes() == expected


def test_passes_run_at_the_level_of_a_text(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "other_flow.py"
    own.write_text(OTHER_FLOW)
    text = folder / "package" / FILES["tile"]
    weights = folder / "package" / "weights.npz"
    model = ("build", text, "--weights", weights, "-o", tmp_path / "out", "--load", own)
    done = aipu(*model, "--after", "tile", "other-flow{works=1}")
    assert done.exit_code == 0, done.output
    made = Package.load(tmp_path / "out")
    assert made.binary != Package.load(folder / "package").binary
    assert all(row.equal for row in made.verify())
    message = complaint(*model, "--after", "float", "cse", "--force")
    assert "no passes run at the level 'float': the text is of 'tile'" in message


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
