"""The pass that breaks a module is found, and the application of a pattern in it."""

from pathlib import Path

import pytest

from aipu.passes.pipelines import IMPORT
from aipu.tests.cli.opt import USERS_PASS, error, run
from aipu.tests.runtime.optimising.chains import chain

OWN = Path(__file__).with_name("swap_sums.py")
PASSES = len(IMPORT)
NODES = ("sum1", "clamp1", "sum2", "wrong", "sum3", "clamp2", "sum4")


@pytest.fixture
def network(tmp_path: Path) -> Path:
    file = tmp_path / "network.mlir"
    file.write_text(chain(NODES))
    return file


def found(network: Path, pipeline: str, *more: object, how: str = "--bisect") -> str:
    done = run(network, "--load", OWN, "-p", pipeline, how, *more)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_wrong_pass_is_found_in_a_pipeline_of_thirty(network: Path) -> None:
    said = found(network, "import,swap-sums,canonicalise,import")
    assert said.startswith(f"pass {PASSES + 1} of {2 * PASSES + 2}: swap-sums\n")
    assert "is declared exact, but on noise result 0 deviates" in said


def test_the_application_that_breaks_it_is_named_and_shown(network: Path) -> None:
    said = found(network, "canonicalise,swap-sums")
    assert "application SwapSum on nn.add of wrong, one of 5\n" in said
    assert "\n--- before\n+++ after\n@@ " in said
    assert "\n+    %0 = nn.add %y, %y {swapped} : " in said


def test_a_pass_that_fails_is_found(network: Path, tmp_path: Path) -> None:
    own = tmp_path / "failing.py"
    own.write_text(USERS_PASS.replace("op.walk()", "op.wander()"))
    arguments = (network, "--load", own, "-p", "import,widen-clamp")
    said = run(*arguments, "--bisect").stdout
    assert said.startswith(f"pass {PASSES + 1} of {PASSES + 1}: widen-clamp\n")
    line = 1 + own.read_text().split("op.wander()")[0].count("\n")
    assert f"\n  {own}:{line}: pass 'widen-clamp' failed: AttributeError" in said
    assert "not by one application of a pattern" in said


def test_a_pattern_that_fails_is_named(network: Path, tmp_path: Path) -> None:
    own = tmp_path / "failing.py"
    source = OWN.read_text()
    own.write_text(
        source.replace('== "wrong" else first', '== "" else first').replace(
            "first, second = op.operands",
            'assert source_name(op) != "sum3"\n        first, second = op.operands',
        )
    )
    arguments = (network, "--load", own, "-p", "swap-sums", "--bisect")
    assert "application SwapSum on nn.add of sum3" in run(*arguments).stdout


def test_a_pass_that_leaves_what_is_not_valid_is_found(
    network: Path, tmp_path: Path
) -> None:
    own = tmp_path / "breaking.py"
    own.write_text(
        USERS_PASS.replace("clamp.bounds =", "clamp.detach()\n                _ =")
    )
    arguments = (network, "--load", own, "-p", "canonicalise,widen-clamp")
    said = run(*arguments, "--bisect").stdout
    assert said.startswith("pass 2 of 2: widen-clamp\n")
    assert "left a module that is not valid" in said


def test_a_command_says_what_a_good_module_is(network: Path) -> None:
    pipeline = "canonicalise,swap-sums{least=600}"
    command = "grep -q '{swapped}' %s && exit 1 || exit 0"
    said = found(network, pipeline, "--expect", command)
    assert "application SwapSum on nn.add of sum1, one of 5" in said
    assert f"`{command}` ends with 1" in said


def test_the_file_stands_at_the_end_of_a_command(network: Path) -> None:
    said = found(
        network, "swap-sums{least=400}", "--expect", "grep -q 'clamp.*1024.0]'"
    )
    assert "application ShrinkClamp on nn.clamp of clamp2" in said


def test_a_command_must_succeed_to_begin_with(network: Path) -> None:
    arguments = (network, "-p", "canonicalise", "--bisect", "--expect")
    assert "`grep -q nothing` ends with 1" in error(*arguments, "grep -q nothing")


def test_where_nothing_is_wrong_it_says_so(network: Path) -> None:
    message = error(network, "-p", "import", "--bisect")
    assert "no pass of the pipeline breaks the module" in message


def test_all_culprits_are_found_in_one_run(network: Path, tmp_path: Path) -> None:
    """Two passes are wrong, one of them in two applications of two patterns."""
    own = tmp_path / "widen_clamp.py"
    own.write_text(USERS_PASS)
    pipeline = "canonicalise,swap-sums{least=0.01},widen-clamp{high=0.1},canonicalise"
    said = found(network, pipeline, "--load", own, how="--bisect-all")
    first, _, second = said.partition("pass 3 of 4")
    assert first.startswith("pass 2 of 4: swap-sums{least=0.01}\n")
    assert "SwapSum on nn.add of wrong" in first
    assert "ShrinkClamp on nn.clamp of clamp1" in first
    assert "ShrinkClamp on nn.clamp of clamp2" in first
    assert second.startswith(": widen-clamp{high=0.1}\n")
    assert "pass 4" not in second


def test_operators_are_judged_on_what_is_right(network: Path, tmp_path: Path) -> None:
    """Both clamps are wrong; what lies between and behind them is not."""
    own = tmp_path / "widen_clamp.py"
    own.write_text(USERS_PASS)
    arguments = (network, "--load", own, "-p", "widen-clamp{high=0.1}")
    said = run(*arguments, "--bisect-all").stdout
    wrong = [line.split(",")[0] for line in said.splitlines() if "wrong: " in line]
    assert wrong == ["wrong: nn.clamp of clamp1", "wrong: nn.clamp of clamp2"]


TWO_WAYS = """
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = nn.abs %x : (tensor<8xf32>) -> tensor<8xf32> loc("a")
  %1 = nn.neg %0 : (tensor<8xf32>) -> tensor<8xf32> loc("b")
  %2 = nn.clamp %1 [-100.0, 100.0] : (tensor<8xf32>) -> tensor<8xf32> loc("c")
  %3 = nn.neg %2 : (tensor<8xf32>) -> tensor<8xf32> loc("d")
  func.return %3 : tensor<8xf32>
}
"""

OTHER_WAY = '''
from aipu.dialects import nn
from aipu.extend import EXACT, AipuPass


class OtherWayPass(AipuPass):
    """The node `a` does what `b` did; and the clamp is wrong."""

    name = "other-way"
    semantics = EXACT

    def apply(self, ctx, op):
        first, second, clamp, _ = [e for e in op.walk() if isinstance(e, nn.Operator)]
        second.location = first.location
        clamp.bounds = nn.ClampAttr(nn.Clamp(-0.5, 100.0))
'''


def test_another_way_to_the_same_end_is_not_wrong(tmp_path: Path) -> None:
    """What the node `a` gives has another sign, and what depends on it is right."""
    file, own = tmp_path / "two.mlir", tmp_path / "own.py"
    file.write_text(TWO_WAYS)
    own.write_text(OTHER_WAY)
    said = run(file, "--load", own, "-p", "other-way", "--bisect").stdout
    wrong = [line.split(",")[0] for line in said.splitlines() if "wrong: " in line]
    assert wrong == ["wrong: nn.clamp of c"]
