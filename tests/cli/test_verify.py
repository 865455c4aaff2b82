"""`aipu verify`: a row per layer, and an exit code that says whether all are equal."""

import json
from pathlib import Path

import numpy as np

from aipu import load
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.small_model import INPUT, LAYERS_WITH_WEIGHTS, images


def test_every_layer_has_a_row(package: Path) -> None:
    result = aipu("verify", package)
    layers = load(package).report["layers"]
    assert isinstance(layers, list)
    rows = [line.split()[0] for line in result.stdout.splitlines() if "equal" in line]
    assert rows == [layer["name"] for layer in layers]
    assert result.exit_code == 0


def test_the_last_line_counts(package: Path) -> None:
    last = aipu("verify", package).stdout.splitlines()[-1]
    count = LAYERS_WITH_WEIGHTS
    assert last == f"{count} of {count} layers bit-exact, and 3 of 3 other launches"


def test_a_difference_is_told_and_fails(altered: Path) -> None:
    result = aipu("verify", altered)
    assert result.exit_code == 1
    row = next(
        line for line in result.stdout.splitlines() if line.startswith("classes ")
    )
    assert "differs" in row
    assert "3 of 4 layers bit-exact, and 3 of 3 other launches" in result.stdout


def test_a_report_says_it_too(altered: Path) -> None:
    result = aipu("report", altered, "--verify")
    assert result.exit_code == 1
    assert "3 of 4 layers bit-exact" in result.stdout


def test_json(package: Path) -> None:
    found = json.loads(aipu("verify", package, "--json").stdout)
    assert found["bit_exact"] is True
    assert found["layers"] == {"exact": 4, "total": 4}
    assert found["rows"][0]["equal"] == {"tile": True, "aipu": True, "binary": True}


def test_the_distance_to_float_is_that_of_the_input(
    package: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "image.npy", images(1))
    argument = f"{INPUT}={tmp_path / 'image.npy'}"
    found = json.loads(aipu("verify", package, "--input", argument, "--json").stdout)
    rows = {
        row.name: row
        for row in load(package).verify({INPUT: images(1)})
        if row.level == "binary"
    }
    assert [row["cosine"] for row in found["rows"]] == [
        rows[row["name"]].cosine for row in found["rows"]
    ]


def test_an_input_of_a_wrong_shape(package: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "image.npy", images(3)[:, :, 1:])
    argument = f"{INPUT}={tmp_path / 'image.npy'}"
    assert "expected shape" in complaint("verify", package, "--input", argument)
