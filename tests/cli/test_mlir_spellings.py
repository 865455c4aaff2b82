"""Whoever has mlir-opt in his fingers finds its spellings."""

from pathlib import Path

import pytest

from aipu.cli.aipu_opt import main
from aipu.cli.mlir_spellings import SPELLINGS
from aipu.tests.cli.opt import NETWORK, error, run


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.mlir"
    path.write_text(NETWORK)
    return path


def test_every_spelling_stands_for_an_option() -> None:
    known = {name for param in main.params for name in param.opts}
    assert set(SPELLINGS.values()) <= known
    assert not set(SPELLINGS) & known


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (["--canonicalise"], ["-p", "canonicalise"]),
        (
            ["--canonicalise", "--fuse-activation"],
            ["-p", "canonicalise,fuse-activation"],
        ),
        (["-pass-pipeline", "cse"], ["-p", "cse"]),
        (["--passes=cse"], ["-p", "cse"]),
        (["--passes", "cse"], ["-p", "cse"]),
        (["-mlir-print-op-generic"], ["--print-op-generic"]),
        (["--cse", "--mlir-print-ir-after=cse"], ["-p", "cse", "--print-ir-after=cse"]),
        (
            ["--place-operators=host=type:clamp"],
            ["-p", "place-operators{host=type:clamp}"],
        ),
        (["-split-input-file"], ["--split-input-file"]),
    ],
)
def test_it_means_the_same(network: Path, theirs: list[str], ours: list[str]) -> None:
    expected, found = run(network, *ours), run(network, *theirs)
    assert expected.exit_code == found.exit_code == 0, found.stderr
    assert (found.stdout, found.stderr) == (expected.stdout, expected.stderr)


def test_what_is_no_option_of_either_is_refused(network: Path) -> None:
    assert "No such option" in error(network, "--no-such-pass", code=2)
