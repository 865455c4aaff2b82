"""What an author of passes sees of them: texts, differences, times, counts."""

import json
from pathlib import Path

import pytest

from aipu.passes.pipelines import IMPORT
from aipu.passes.running import showing
from aipu.tests.cli.opt import NETWORK, USERS_PASS, error, run

TWO = "fold-affine,fuse-activation"


@pytest.fixture
def network(tmp_path: Path) -> Path:
    file = tmp_path / "network.mlir"
    file.write_text(NETWORK)
    run(file, "--random-weights", 0, "-o", file)
    return file


def titles(text: str) -> list[str]:
    return [line[19:-11] for line in text.splitlines() if line.startswith("// -----//")]


def test_a_module_is_shown_before_and_after_one_pass(network: Path) -> None:
    pipeline = (network, "-p", f"canonicalise,{TWO}")
    shown = run(*pipeline, "--print-ir-before=fold-affine")
    assert titles(shown.stderr) == ["Before fold-affine"]
    assert "nn.mul" in shown.stderr
    shown = run(*pipeline, "--print-ir-after=fold-affine", "--print-ir-before-all")
    assert "After fold-affine" in titles(shown.stderr)
    assert len(titles(shown.stderr)) == 4


def test_a_pass_that_is_not_in_the_pipeline_is_not_shown(network: Path) -> None:
    message = error(network, "-p", TWO, "--print-ir-after=fold-afine")
    assert "no pass 'fold-afine' in the pipeline" in message
    assert "did you mean 'fold-affine'?" in message


def test_what_a_failed_pass_has_left_is_shown(network: Path) -> None:
    own = network.with_name("own.py")
    own.write_text(f'{USERS_PASS}        raise ValueError("late")\n')
    shown = error(network, "--load", own, "-p", "widen-clamp", "--print-ir-after-all")
    assert titles(shown) == ["After a failed widen-clamp"]
    assert "[-100.0, 100.0]" in shown


def test_a_difference_shows_what_a_pass_changes(network: Path) -> None:
    shown = run(network, "-p", f"canonicalise,{TWO}", "--print-ir-diff").stderr
    assert "--- before fold-affine\n+++ after fold-affine\n" in shown
    assert "canonicalise" not in shown
    removed = [line for line in shown.splitlines() if line.startswith("-  ")]
    assert any("nn.mul" in line for line in removed)
    assert "\x1b" not in shown


def test_a_difference_is_coloured_in_a_terminal(
    network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    monkeypatch.setattr(showing.sys, "stderr", Terminal())
    lines = showing.coloured(["-a", "+b", " c", ""])
    assert lines == ["\x1b[31m-a\x1b[0m", "\x1b[32m+b\x1b[0m", " c", ""]


def test_a_difference_says_what_it_costs(network: Path) -> None:
    """Scheduled groups take as many cycles as the program that they become."""
    pipeline = ("-p", "default", "--print-ir-diff")
    lines = run(network, *pipeline).stderr.splitlines()
    costs = [line for line in lines if line.endswith("cycles") or " cycles -> " in line]
    scheduled, lowered = costs
    cycles = scheduled.removesuffix(" cycles")
    assert int(cycles.replace(",", "")) > 1000
    assert lowered == f"{cycles} cycles -> {cycles}"


def test_times_are_a_tree(network: Path) -> None:
    pipeline = ("-p", "import,cse", "--timing", "--json")
    total = json.loads(run(network, *pipeline).stderr)
    parts = {part["name"]: part for part in total["parts"]}
    assert {*parts} == {"reading", "passes", "verification", "printing"}
    assert total["seconds"] == pytest.approx(
        sum(part["seconds"] for part in parts.values())
    )
    imported, cse = parts["passes"]["parts"]
    assert (imported["name"], cse["name"]) == ("import", "cse")
    assert len(imported["parts"]) == len(IMPORT)
    assert cse["operations"] == imported["parts"][-1]["operations"] == 6


def test_times_are_told_of_a_run_that_fails(network: Path) -> None:
    own = network.with_name("own.py")
    own.write_text(f'{USERS_PASS}        raise ValueError("late")\n')
    said = error(network, "--load", own, "-p", "canonicalise,widen-clamp", "--timing")
    assert "    canonicalise" in said


def test_counts_say_which_patterns_were_applied(network: Path) -> None:
    said = run(network, "-p", TWO, "--statistics", "--json").stderr
    assert json.loads(said) == [
        {
            "name": "fold-affine",
            "before": 8,
            "after": 7,
            "applications": {"FoldAffine": 1},
        },
        {
            "name": "fuse-activation",
            "before": 7,
            "after": 6,
            "applications": {"FuseClamp": 1},
        },
    ]
    table = run(network, "-p", TWO, "--statistics").stderr
    assert "8 -> 7  FoldAffine 1" in table


def test_parts_are_counted_as_one_run(network: Path) -> None:
    text = f"{NETWORK}// -----\n{NETWORK}"
    said = run("-", "--split-input-file", "--cse", "--statistics", "--json", text=text)
    assert [row["name"] for row in json.loads(said.stderr)] == ["cse", "cse"]


@pytest.mark.parametrize(
    ("where", "order"),
    [
        ("after:fold-affine", ["fold-affine", "cse", "fuse-activation"]),
        ("before:fold-affine", ["cse", "fold-affine", "fuse-activation"]),
        ("after:fuse-activation", ["fold-affine", "fuse-activation", "cse"]),
        ("before:fuse-activation#1", ["fold-affine", "cse", "fuse-activation"]),
    ],
)
def test_a_pass_is_put_into_a_pipeline(
    network: Path, where: str, order: list[str]
) -> None:
    said = run(network, "-p", TWO, "--insert", f"cse@{where}", "--statistics", "--json")
    assert [row["name"] for row in json.loads(said.stderr)] == order


def test_a_pipeline_is_a_place_too(network: Path) -> None:
    insert = (
        "--insert",
        "widen-clamp{high=3},cse@after:import",
        "--insert",
        "cse@before:import",
    )
    own = network.with_name("own.py")
    own.write_text(USERS_PASS)
    said = run(
        network, "--load", own, "-p", "import,cse", *insert, "--statistics", "--json"
    )
    names = [row["name"] for row in json.loads(said.stderr)]
    assert names[0] == "cse"
    assert names[-3:] == ["widen-clamp{high=3.0}", "cse", "cse"]
    assert len(names) == len(IMPORT) + 4


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("cse", "expected PASS@after:NAME"),
        ("cse@behind:layout", "expected PASS@after:NAME"),
        ("cse@after:lay", "no 'lay' in the pipeline\n  did you mean 'layout'?"),
        ("cse@after:canonicalise", "is in the pipeline 2 times\n  say which: canon"),
        ("cse@after:layout#2", "'layout' is in the pipeline 1 times"),
        ("csee@after:layout", "did you mean 'cse'?"),
    ],
)
def test_where_it_cannot_be_put_is_said(
    network: Path, text: str, complaint: str
) -> None:
    assert complaint in error(network, "-p", "import", "--insert", text, code=2)


def test_dumps_are_whole_when_a_pass_fails(network: Path) -> None:
    own, folder = network.with_name("own.py"), network.with_name("dump")
    own.write_text(f'{USERS_PASS}        raise ValueError("late")\n')
    pipeline = ("--load", own, "-p", "fold-affine,widen-clamp", "--dump-dir", folder)
    error(network, *pipeline)
    assert sorted(path.name for path in folder.iterdir()) == [
        "00-input.mlir",
        "01-fold-affine.mlir",
        "02-widen-clamp-failed.mlir",
        "weights.npz",
    ]
    weights = ("--weights", folder / "weights.npz")
    assert run(folder / "01-fold-affine.mlir", *weights, "--cse").exit_code == 0


def test_every_part_is_dumped(tmp_path: Path) -> None:
    text = f"{NETWORK}// -----\n{NETWORK}"
    run("-", "--split-input-file", "--cse", "--dump-dir", tmp_path / "dump", text=text)
    found = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.mlir"))
    assert [str(path) for path in found] == [
        f"dump/part-{part}/{name}.mlir"
        for part in (0, 1)
        for name in ("00-input", "01-cse")
    ]


def test_what_nobody_has_defined_goes_through(tmp_path: Path) -> None:
    text = '%0 = "my.make"() {a = 1 : i32} : () -> i32\n"my.take"(%0) : (i32) -> ()\n'
    assert "unknown operation 'my.make'" in error("-", text=text)
    done = run("-", "--allow-unregistered-dialect", "-p", "canonicalise,cse", text=text)
    assert '"my.make"() {a = 1 : i32} : () -> i32' in done.stdout


def test_dialects_are_shown() -> None:
    table = run("--show-dialects").stdout
    assert "conv2d" in table
    dialects = json.loads(run("--show-dialects", "--json").stdout)
    assert "tile.group" in dialects["tile"]


def test_the_standard_output_has_a_name(network: Path) -> None:
    assert run(network, "-o", "-").stdout == run(network).stdout


def test_several_pipelines_run_one_after_the_other(network: Path) -> None:
    said = run(network, "-p", "fold-affine", "-p", "cse", "--statistics", "--json")
    assert [row["name"] for row in json.loads(said.stderr)] == ["fold-affine", "cse"]


WARNED = """// expected-warning@unknown {{no calibration data}}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.clamp %x relu : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}
"""


def test_warnings_can_be_announced(tmp_path: Path) -> None:
    announced = ("-", "--verify-diagnostics", "-p", "place-operators,calibrate")
    assert run(*announced, text=WARNED).exit_code == 0
    again = WARNED.replace("no calibration", "some calibration")
    assert "unexpected warning on line unknown" in error(*announced, text=again)


def test_notes_and_regular_expressions_can_be_announced() -> None:
    text = (
        "// expected-error-re@+2 {{unknown operation '{{[a-z]+}}.conv'}}\n"
        "// expected-note@+1 {{did you mean 'nn.conv2d'?}}\n"
        "nn.conv\n"
    )
    done = run("-", "--verify-diagnostics", text=text)
    assert done.exit_code == 0, done.stderr
