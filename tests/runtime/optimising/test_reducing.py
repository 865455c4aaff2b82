"""Of a module that fails little is left, and that fails in the same way."""

import re
from pathlib import Path
from random import Random

import pytest

from aipu.runtime.optimising.delta import fewest
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.cli.opt import NETWORK, USERS_PASS, error, run
from aipu.tests.runtime.optimising.chains import chain

OWN = Path(__file__).with_name("swap_sums.py")


def long_chain(folder: Path, count: int = 200) -> Path:
    """Sums with a clamp here and there, one of the sums called `wrong`."""
    nodes = ["clamp" if number % 7 == 3 else "sum" for number in range(count)]
    names = [f"{node}{number}" for number, node in enumerate(nodes)]
    names[count * 2 // 3] = "wrong"
    file = folder / "long.mlir"
    file.write_text(chain(names))
    return file


def operators(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if " = nn." in line]


def test_two_hundred_operators_become_one(tmp_path: Path) -> None:
    file, small = long_chain(tmp_path), tmp_path / "small.mlir"
    assert len(operators(file)) == 200
    arguments = ("--load", OWN, "-p", "swap-sums", "--check-numerics")
    done = aipu("reduce", file, *arguments, "-o", small)
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("200 operators -> 1: pass 'swap-sums' is declared")
    (left,) = operators(small)
    assert 'loc("wrong")' in left
    assert "declared exact, but" in error(small, *arguments)


def test_what_is_left_depends_on_what_the_failure_needs(tmp_path: Path) -> None:
    """It needs two operators that are far apart."""
    file, own = long_chain(tmp_path), tmp_path / "needy.py"
    own.write_text(
        USERS_PASS.replace(
            "for clamp",
            "names = {str(each.location) for each in op.walk()}\n"
            '        if {"loc(\\"sum20\\")", "loc(\\"wrong\\")"} <= names:\n'
            '            raise ValueError("both")\n'
            "        for clamp",
        )
    )
    done = aipu("reduce", file, "--load", own, "-p", "widen-clamp")
    assert "200 operators -> 2:" in done.stderr
    assert done.stdout.count(" = nn.") == 2


def test_a_command_can_say_what_fails(tmp_path: Path) -> None:
    file = long_chain(tmp_path, 140)
    done = aipu("reduce", file, "--expect", "! grep -q clamp")
    assert "140 operators -> 1: `! grep -q clamp` ends with 1" in done.stderr
    assert "nn.clamp" in done.stdout


def test_from_one_reproducer_to_a_smaller_one(tmp_path: Path) -> None:
    file, failure = long_chain(tmp_path), tmp_path / "failure.zip"
    passes = ("--load", OWN, "-p", "swap-sums", "--check-numerics")
    error(file, *passes, "--reproducer", failure)
    small = tmp_path / "small.zip"
    assert aipu("reduce", failure, "-o", small).exit_code == 0
    assert "of 'wrong'" not in (message := error("--run-reproducer", small))
    assert "pass 'swap-sums' is declared exact, but" in message
    assert small.stat().st_size < failure.stat().st_size


def test_a_reproducer_of_what_a_command_says(tmp_path: Path) -> None:
    file, small = long_chain(tmp_path, 20), tmp_path / "small.zip"
    expected = ("--expect", "! grep -q clamp")
    assert aipu("reduce", file, *expected, "-o", small).exit_code == 0
    message = error("--run-reproducer", small)
    assert "`! grep -q clamp` ends with 1" in message
    assert message == error(file, *expected)


def test_weights_that_are_no_longer_read_are_left_out(tmp_path: Path) -> None:
    file, own = tmp_path / "network.mlir", tmp_path / "own.py"
    file.write_text(NETWORK)
    own.write_text(USERS_PASS)
    run(file, "--random-weights", 1, "-o", file)
    small = tmp_path / "small.mlir"
    passes = ("--load", own, "-p", "widen-clamp{high=0.5}", "--check-numerics")
    assert aipu("reduce", file, *passes, "-o", small).exit_code == 0
    assert len(operators(small)) == 1
    assert not small.with_suffix(".npz").exists()


def test_ranges_stay_known(tmp_path: Path) -> None:
    """What a pass needs of a tensor is known of the input that takes its place."""
    file, ranged = long_chain(tmp_path, 20), tmp_path / "ranged.mlir"
    run(file, "-p", "place-operators,calibrate,choose-ranges", "-o", ranged)
    own = tmp_path / "own.py"
    own.write_text(
        USERS_PASS.replace(
            "if isinstance(clamp, nn.ClampOp):",
            "if isinstance(clamp, nn.ClampOp):\n"
            "                from aipu.passes.authoring.ranges import read_range\n"
            "                read_range(clamp.ifm)\n"
            '                raise ValueError("it is known")\n',
        )
    )
    done = aipu("reduce", ranged, "--load", own, "-p", "widen-clamp")
    assert "20 operators -> 1" in done.stderr
    assert "nn.range = array<f64" in done.stdout


@pytest.mark.parametrize(
    ("pipeline", "left"),
    [("import,quantise", 1), ("import,quantise,schedule", 3), ("default", 13)],
)
def test_modules_of_every_level_become_smaller(
    tmp_path: Path, pipeline: str, left: int
) -> None:
    """Of segments one, of groups one, of a program an instruction and what it takes."""
    file, small = tmp_path / "network.mlir", tmp_path / "small.mlir"
    file.write_text(NETWORK)
    run(file, "--random-weights", 1, "-p", pipeline, "-o", file)
    fails = ("--expect", "! grep -qE 'nn.conv|mac.conv'")
    done = aipu("reduce", file, *fails, "-o", small)
    assert done.exit_code == 0, done.output
    found = re.match(r"(\d+) operators -> (\d+): `! grep", done.stderr)
    assert found is not None, done.stderr
    assert int(found[2]) <= left < int(found[1])
    assert run(small, "--weights", small.with_suffix(".npz")).exit_code == 0


def test_what_is_left_is_a_valid_module(tmp_path: Path) -> None:
    """The command fails on what is not valid, too; such modules are not looked at."""
    file, small = long_chain(tmp_path, 40), tmp_path / "small.mlir"
    done = aipu("reduce", file, "--expect", "! grep -q return", "-o", small)
    assert done.exit_code == 0, done.output
    assert run(small).exit_code == 0


def test_where_nothing_fails_it_says_so(tmp_path: Path) -> None:
    message = complaint("reduce", long_chain(tmp_path, 7), "-p", "canonicalise")
    assert "nothing fails" in message


@pytest.mark.parametrize("seed", range(20))
def test_none_of_the_fewest_can_be_left_out(seed: int) -> None:
    random = Random(seed)
    needed = set(random.sample(range(60), random.randint(1, 6)))
    tried: list[int] = []

    def happens(some: object) -> bool:
        assert isinstance(some, list)
        tried.append(len(some))
        return needed <= set(some)

    assert fewest(range(60), happens) == sorted(needed)
    assert len(tried) < 60 * len(needed)


def test_it_takes_a_logarithm_of_trials_for_one_culprit() -> None:
    tried: list[object] = []
    assert fewest(range(1024), lambda some: tried.append(some) or 700 in some) == [700]
    assert len(tried) <= 20
