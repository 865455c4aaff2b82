"""Schedules as data: printed, edited by hand, replayed; and what is refused of them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import aipu
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.scheduling.schedules.schedule_file import read_schedules
from aipu.runtime.building.levels import QUANTISED
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.small_model import images, save, small_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A model, its samples, its package in stripes and the schedules of that."""
    import numpy as np

    folder = tmp_path_factory.mktemp("replay")
    save(small_model(), folder / "small.onnx")
    np.save(folder / "images.npy", images(8))
    package = aipu.compile(folder / "small.onnx", calibration=images(8), strategy="dp")
    package.save(folder / "striped")
    made = command("schedule", folder / "striped", "-o", folder / "striped.json")
    assert made.output == ""
    return folder


def rebuilt(folder: Path, file: Path, *more: str) -> aipu.Package:
    model = folder / "small.onnx"
    words = ("build", model, "--calibration", folder / "images.npy")
    out = folder / f"out{len(list(folder.iterdir()))}"
    result = command(*words, "-o", out, "--schedule", file, *more)
    assert result.exit_code == 0, result.output
    return aipu.load(out)


def test_a_file_gives_the_identical_binary(folder: Path) -> None:
    package = rebuilt(folder, folder / "striped.json")
    assert package.binary == (folder / "striped" / "aipu.bin").read_bytes()
    assert package.manifest.strategy == "striped.json"


def test_the_text_gives_the_identical_binary_and_the_identical_file(
    folder: Path, tmp_path: Path
) -> None:
    text = folder / "striped" / "levels" / "tile.mlir"
    command("build", text, "-o", tmp_path / "out")
    expected = (folder / "striped" / "aipu.bin").read_bytes()
    assert (tmp_path / "out" / "aipu.bin").read_bytes() == expected
    printed = command("schedule", text).stdout
    assert (
        json.loads(printed)["groups"]
        == json.loads((folder / "striped.json").read_text())["groups"]
    )


def test_no_weights_are_needed(folder: Path, tmp_path: Path) -> None:
    """Of a text without the file of its weights, the same schedules."""
    text = (folder / "striped" / "levels" / "float.mlir").read_text()
    (tmp_path / "small.mlir").write_text(text)
    words = ("schedule", tmp_path / "small.mlir", "--strategy", "dp")
    result = command(*words, "-o", tmp_path / "found.json")
    assert result.output == ""
    found = (tmp_path / "found.json").read_bytes()
    assert found == (folder / "striped.json").read_bytes()


def edited(folder: Path, file: Path, change: Callable[[dict], object]) -> Path:
    """The file of the schedules, with something changed."""
    data = json.loads((folder / "striped.json").read_text())
    change(data)
    file.write_text(json.dumps(data))
    return file


def in_stripes(data: dict) -> dict:
    """The first group that runs in stripes."""
    return next(each for each in data["groups"] if "rows" in each["schedule"])


def taller(data: dict) -> None:
    group = in_stripes(data)
    group["schedule"] = group["schedule"].replace("rows 16 ", "rows 5 ")


def test_an_edited_file_builds_and_verifies(folder: Path, tmp_path: Path) -> None:
    package = rebuilt(folder, edited(folder, tmp_path / "edited.json", taller))
    assert package.binary != (folder / "striped" / "aipu.bin").read_bytes()
    assert all(row.equal for row in package.verify())


def name_of(data: dict, which: str, name: str) -> None:
    data[which] |= {"name": name, "sha256": "0" * 64}


def swap(data: dict) -> None:
    groups = data["groups"]
    groups[0], groups[1] = groups[1], groups[0]


def everything(data: dict) -> None:
    names = [name for group in data["groups"] for name in group["operators"]]
    data["groups"] = [{"operators": names, "schedule": data["groups"][0]["schedule"]}]


def wider(data: dict) -> None:
    data["groups"][-1]["schedule"] = "order [channel] tile [1, 1, 4, 4] xx slots 2"


BROKEN: dict[str, tuple[Callable[[dict], object], str]] = {
    "network": (
        lambda data: name_of(data, "network", "other"),
        r"for another network 'other': of the digest 000000000000, this one has",
    ),
    "target": (
        lambda data: name_of(data, "target", "big"),
        r"for another target 'big'",
    ),
    "field": (lambda data: data.update(loops=3), r"no schedule: .*`loops`"),
    "type": (lambda data: data.update(groups=3), r"no schedule: .*\$\.groups"),
    "skipped": (lambda data: data["groups"].pop(), r"leaves out the operator '\w+'"),
    "repeated": (
        lambda data: data["groups"].append(data["groups"][0]),
        r"has the operator '\w+' twice",
    ),
    "reordered": (swap, r"it has '[\w/]+' where '\w+' is next in the network"),
    "unknown": (
        lambda data: data["groups"][0].update(operators=["fisrt"]),
        r"(?s)no operator 'fisrt' in this network.*did you mean 'first'",
    ),
    "none": (
        lambda data: data["groups"].append({"operators": [], "schedule": ""}),
        r"groups\[\d\]: .*a group of no operators",
    ),
    "segments": (
        everything,
        r"groups\[0\]: .*between these operators the host computes",
    ),
    "word": (
        lambda data: in_stripes(data).update(schedule="rows many"),
        r"groups\[\d\]: .*Expected integer literal",
    ),
    "rest": (
        lambda data: in_stripes(data).update(
            schedule=in_stripes(data)["schedule"] + " now"
        ),
        r"groups\[\d\]: .*'now' behind a schedule",
    ),
    "dataflow": (wider, r"groups\[\d\]: .*Expected one of"),
    "number": (
        lambda data: in_stripes(data).update(schedule="rows 0 weights [once] ws"),
        r"rows, images, slots and channels count at least 1",
    ),
    "digits": (
        lambda data: in_stripes(data).update(
            schedule=f"rows {'9' * 5000} weights [once] ws"
        ),
        r"groups\[\d\]: .*no number of a schedule is more than 2147483647",
    ),
    "weights": (
        lambda data: in_stripes(data).update(schedule="rows 1 weights [] ws"),
        r"the schedule says of 0 operators how their weights come",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_one_message(folder: Path, tmp_path: Path, case: str) -> None:
    change, message = BROKEN[case]
    file = edited(folder, tmp_path / "broken.json", change)
    package = aipu.load(folder / "striped")
    module = package.levels[QUANTISED].clone()
    pipeline = build_pipeline(f'schedule{{strategy="{file}"}}', PASSES)
    with pytest.raises(AipuError, match=message):
        run_pipeline(pipeline, module, AipuContext(package.weights))


def test_stripes_over_capacity_are_refused(folder: Path, tmp_path: Path) -> None:
    """On a target with less SRAM, whose digest the file does not give."""
    (tmp_path / "less.toml").write_text(
        'base = "r329"\nname = "less"\ndescription = "less"\n[sram]\nbytes = 512\n'
    )

    def nameless(data: dict) -> None:
        data["target"] = {"name": "r329"}

    file = edited(folder, tmp_path / "nameless.json", nameless)
    package = aipu.load(folder / "striped")
    target = f'target="{tmp_path / "less.toml"}"'
    pipeline = build_pipeline(f'schedule{{{target} strategy="{file}"}}', PASSES)
    with pytest.raises(AipuError, match=r"need [\d,]+ bytes of SRAM"):
        run_pipeline(
            pipeline,
            package.levels[QUANTISED].clone(),
            AipuContext(package.weights),
        )


def test_files_that_are_none(folder: Path, tmp_path: Path) -> None:
    words = ("build", folder / "small.onnx", "-o", tmp_path / "out", "--schedule")
    (tmp_path / "text.json").write_text("{")
    assert "no schedule: Input data was truncated" in complaint(
        *words, tmp_path / "text.json"
    )
    assert "cannot read the file" in complaint(*words, tmp_path / "nowhere.json")
    assert "is no FILE.json" in complaint(*words, tmp_path / "text.txt", code=2)
    both = (tmp_path / "text.json", "--strategy", "packed")
    assert "takes the place of --strategy" in complaint(*words, *both, code=2)
    assert not (tmp_path / "out").exists()


def test_a_file_leaves_no_ideas_out(folder: Path, tmp_path: Path) -> None:
    model, file = folder / "small.onnx", folder / "striped.json"
    words = ("build", model, "-o", tmp_path / "out", "--schedule", file)
    expected = "leaves no ideas out"
    assert expected in complaint(*words, "--without", "stripes")
    assert expected in complaint("ablate", model, "--strategy", file)
    assert not (tmp_path / "out").exists()


def test_words_are_those_of_the_text(folder: Path) -> None:
    text = (folder / "striped" / "levels" / "tile.mlir").read_text()
    file = read_schedules(folder / "striped.json")
    assert all(f"schedule {each.schedule} {{" in text for each in file.groups)
