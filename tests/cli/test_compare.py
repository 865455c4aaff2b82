"""`aipu compare`: packages side by side."""

import json
from pathlib import Path

import pytest

from aipu.tests.cli.command import aipu, complaint


@pytest.fixture(scope="session")
def faster(model: Path, samples: Path) -> Path:
    """The same model for a machine with more columns."""
    folder = model.with_name("faster")
    options = ("--strategy", "layerwise", "--target", "square-32x32")
    result = aipu("build", model, "-o", folder, "--calibration", samples, *options)
    assert result.exit_code == 0, result.output
    return folder


def _row(text: str, name: str) -> list[str]:
    """The cells of the row of a name."""
    line = next(line for line in text.splitlines() if line.startswith(name))
    return line.removeprefix(name).split()


def test_every_package_has_a_column(package: Path, faster: Path) -> None:
    text = aipu("compare", package, faster).stdout
    assert _row(text, "target") == ["r329", "square-32x32"]
    reports = [
        json.loads((folder / "report.json").read_text()) for folder in (package, faster)
    ]
    assert _row(text, "cycles") == [f"{report['cycles']:,}" for report in reports]
    board, other = reports
    whole = [f"{board['fps']:.2f}", "FPS", f"{other['fps']:.2f}", "FPS,"]
    assert _row(text, "speed") == [*whole, "machine", "only"]
    alone = [f"{report['machine_fps']:.2f}" for report in reports]
    assert _row(text, "machine alone")[::2] == alone
    assert _row(text, "  host, an estimate")[-1] == "-"
    used = [f"{100 * each['kernels']['3x3']['utilisation']:.1f}" for each in reports]
    assert _row(text, "  3x3 convolutions")[::2] == used


def test_it_verifies_when_asked(package: Path, faster: Path) -> None:
    assert "bit-exact" not in aipu("compare", package, faster).stdout
    text = aipu("compare", package, faster, "--verify").stdout
    assert text.count("4 of 4 layers bit-exact") == 2


def test_a_package_that_differs_fails(package: Path, altered: Path) -> None:
    result = aipu("compare", package, altered, "--verify")
    assert result.exit_code == 1
    assert "3 of 4 layers bit-exact" in result.stdout


def test_as_data(package: Path) -> None:
    found = json.loads(aipu("compare", package, "--verify", "--json").stdout)
    (entry,) = found.values()
    assert entry["report"] == json.loads((package / "report.json").read_text())
    assert entry["verification"]["bit_exact"] is True
    (entry,) = json.loads(aipu("compare", package, "--json").stdout).values()
    assert entry["verification"] is None


def test_no_package(package: Path, tmp_path: Path) -> None:
    assert "no package here" in complaint("compare", package, tmp_path)
    assert "Missing argument" in complaint("compare", code=2)


def test_a_page_of_two(package: Path, faster: Path, tmp_path: Path) -> None:
    page = tmp_path / "both.html"
    result = aipu("compare", package, faster, "--html", page)
    assert result.exit_code == 0
    assert f"wrote {page}" in result.stderr
    assert page.read_text().count('<svg class="net"') == 2


def test_a_page_is_of_two(package: Path, faster: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    for packages in ([package], [package, package], [package, faster, package.parent]):
        text = complaint("compare", *packages, "--html", page, code=2)
        assert "--html is for two packages" in text
        assert not page.exists()
