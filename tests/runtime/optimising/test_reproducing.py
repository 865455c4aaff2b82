"""A failure is kept in one file, and shown again from that file alone."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from aipu.dialects.semantics.weights import WeightStore
from aipu.tests.cli.opt import NETWORK, USERS_PASS, error, run

FAILING = USERS_PASS.replace("op.walk()", "op.wander()")


@pytest.fixture
def network(tmp_path: Path) -> Path:
    file = tmp_path / "network.mlir"
    file.write_text(NETWORK)
    run(file, "--random-weights", 3, "-o", file)
    return file


def kept(network: Path, source: str, pipeline: str, *more: object) -> Path:
    """A reproducer of what fails; all that it was made from is gone."""
    own = network.with_name("own.py")
    own.write_text(source)
    file = network.with_name("failure.zip")
    arguments = (network, "--load", own, "-p", pipeline, "--reproducer", file)
    assert f"--run-reproducer {file} shows it again" in error(*arguments, *more)
    for each in (network, network.with_suffix(".npz"), own):
        each.unlink()
    return file


def test_a_pass_that_fails_can_be_seen_again(network: Path) -> None:
    file = kept(network, FAILING, "canonicalise,widen-clamp")
    message = error("--run-reproducer", file)
    assert "own.py:22: pass 'widen-clamp' failed: AttributeError" in message


def test_it_holds_the_failing_pass_alone(network: Path) -> None:
    file = kept(network, FAILING, "fold-affine,widen-clamp,canonicalise")
    with ZipFile(file) as archive:
        assert archive.read("command.txt").decode() == (
            "aipu-opt module.mlir --weights weights.npz -p widen-clamp --load own.py\n"
        )
        assert b"nn.mul" not in archive.read("module.mlir")
        assert (
            "'ModuleOp' object has no attribute" in archive.read("error.txt").decode()
        )


def test_its_weights_are_those_of_the_module(network: Path, tmp_path: Path) -> None:
    before = WeightStore.load(network.with_suffix(".npz"))
    file = kept(network, FAILING, "widen-clamp")
    with ZipFile(file) as archive:
        archive.extract("weights.npz", tmp_path)
    weights = WeightStore.load(tmp_path / "weights.npz")
    assert set(weights) == {"w", "b"}
    assert np.array_equal(weights["w"], before["w"])


def test_a_promise_that_is_broken_can_be_seen_again(network: Path) -> None:
    pipeline = "canonicalise,widen-clamp{high=2}"
    file = kept(network, USERS_PASS, pipeline, "--check-numerics")
    assert "pass 'widen-clamp' is declared exact, but" in error(
        "--run-reproducer", file
    )


def test_files_that_a_pass_reads_come_along(network: Path) -> None:
    """The pass fails on what is in a file of its own."""
    words = network.with_name("words.txt")
    words.write_text("so many words")
    source = USERS_PASS.replace("keep_low: bool = False", 'file: str = ""').replace(
        "for clamp", "raise ValueError(open(self.file).read())\n        for clamp"
    )
    file = kept(network, source, f'widen-clamp{{file="{words}"}}')
    words.unlink()
    assert "ValueError: so many words" in error("--run-reproducer", file)


def test_what_comes_of_passes_before_is_kept_with_them(network: Path) -> None:
    """The pass fails on what another one has noted beside the module."""
    source = USERS_PASS.replace(
        "for clamp", 'assert not ctx.calibration, "calibrated"\n        for clamp'
    )
    file = kept(network, source, "canonicalise,calibrate,widen-clamp")
    assert "AssertionError: calibrated" in error("--run-reproducer", file)


def test_other_options_may_be_given_with_it(network: Path) -> None:
    file = kept(network, FAILING, "widen-clamp")
    dump = network.with_name("dump")
    error("--run-reproducer", file, "--dump-dir", dump)
    assert (dump / "00-input.mlir").is_file()


def test_where_it_cannot_be_written_the_failure_is_told(network: Path) -> None:
    own = network.with_name("own.py")
    own.write_text(FAILING)
    nowhere = network.parent / "nowhere" / "failure.zip"
    arguments = (network, "--load", own, "-p", "widen-clamp")
    message = error(*arguments, "--reproducer", nowhere)
    assert "no reproducer: " in message
    assert "pass 'widen-clamp' failed: AttributeError" in message


def test_what_is_no_reproducer(network: Path) -> None:
    message = error("--run-reproducer", network)
    assert "network.mlir: not a reproducer" in message


def test_one_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot read the file" in error("--run-reproducer", tmp_path / "no.zip")
