"""`aipu-opt` as a person uses it: what goes in, and what comes out."""

import json
from pathlib import Path

import numpy as np
import pytest

from aipu.dialects.semantics.weights import WeightStore
from aipu.tests.cli.opt import NETWORK, USERS_PASS, error, run

# What comes out


def test_a_text_goes_through_unchanged(network: Path) -> None:
    once = run(network).stdout
    assert run("-", text=once).stdout == once


def test_passes_run_in_order(network: Path) -> None:
    text = run(network, "-p", "fuse-activation").stdout
    assert "nn.mul" in text
    assert "then relu" in text


def test_the_wrapper_of_mlir_is_taken(network: Path) -> None:
    plain = run(network, "-p", "fuse-activation,canonicalise").stdout
    wrapped = "builtin.module( fuse-activation , canonicalise )"
    assert run(network, "-p", wrapped).stdout == plain


def test_a_named_pipeline_may_stand_anywhere(network: Path) -> None:
    seeded = (network, "--random-weights", 1)
    text = run(*seeded, "-p", "canonicalise,import,fuse-activation").stdout
    assert "nn.mul" not in text


def test_names_of_nodes_survive_printing_and_reading(network: Path) -> None:
    once = run(network, "--print-debuginfo").stdout
    again = run("-", "--mlir-print-debuginfo", text=once).stdout
    for node in ("conv1", "scale1", "relu1"):
        assert f'loc("{node}")' in again


def test_a_node_may_have_any_name(network: Path) -> None:
    text = NETWORK.replace('"conv1"', '"/block 1/Conv_\\C3\\A9 \\22x\\22"')
    printed = run("-", "--print-debuginfo", text=text).stdout
    assert '"/block 1/Conv_\\C3\\A9 \\22x\\22"' in printed


def test_a_file_keeps_the_names_but_not_the_lines(network: Path) -> None:
    output = network.with_name("out.mlir")
    run(network, "-o", output)
    assert 'loc("conv1")' in output.read_text()
    assert "network.mlir" not in output.read_text()


def test_weights_are_read_and_written_beside_the_text(network: Path) -> None:
    weights = WeightStore(
        {
            "w": np.ones((2, 1, 1, 2), np.float32),
            "b": np.array([2, 3], np.float32),
        }
    )
    weights.save(network.with_suffix(".npz"))
    output = network.with_name("out.mlir")
    assert run(network, "-p", "import", "-o", output).exit_code == 0
    written = WeightStore.load(output.with_suffix(".npz"))
    assert written["w/scaled"][:, 0, 0, 0].tolist() == [2, 3]
    assert written["b/shifted"].tolist() == [4, 9]
    assert run(output, "-p", "import", "--check-numerics").exit_code == 0


def test_weights_may_lie_elsewhere(network: Path) -> None:
    output = network.with_name("out.mlir")
    run(network, "--random-weights", 3, "-o", output)
    weights = output.with_suffix(".npz")
    text = run(network, "--weights", weights, "-p", "fold-affine", "--check-numerics")
    assert text.exit_code == 0


def test_drawn_weights_depend_on_the_seed_alone(network: Path) -> None:
    output = network.with_name("out.mlir")
    drawn = []
    for seed in (3, 3, 4):
        run(network, "--random-weights", seed, "-o", output)
        drawn.append(WeightStore.load(output.with_suffix(".npz"))["w"].tolist())
    assert drawn[0] == drawn[1] != drawn[2]


def test_parts_are_split_and_joined_again(network: Path) -> None:
    text = f"{NETWORK}// -----\n{NETWORK}"
    assert run("-", "--split-input-file", text=text).stdout.count("// -----") == 1


def test_the_generic_syntax_is_printed(network: Path) -> None:
    assert '"nn.conv2d"(' in run(network, "--print-op-generic").stdout


# Watching


def test_the_module_is_shown_after_every_pass(network: Path) -> None:
    shown = run(network, "-p", "canonicalise,fuse-activation", "--print-ir-after-all")
    assert "IR Dump After canonicalise" in shown.stderr
    assert "IR Dump After fuse-activation" in shown.stderr


def test_the_module_is_shown_after_changes(network: Path) -> None:
    pipeline = ("-p", "canonicalise,fuse-activation")
    shown = run(network, *pipeline, "--print-ir-after-change")
    assert "IR Dump After canonicalise" not in shown.stderr
    assert "IR Dump After fuse-activation" in shown.stderr


def test_the_module_is_dumped_after_every_pass(network: Path) -> None:
    folder = network.parent / "a" / "dump"
    pipeline = ("-p", "fold-affine,fuse-activation", "--random-weights", 0)
    run(network, *pipeline, "--dump-dir", folder)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "00-input.mlir",
        "01-fold-affine.mlir",
        "02-fuse-activation.mlir",
        "weights.npz",
    ]
    dumped = (folder / names[1], "--weights", folder / names[3])
    again = run(*dumped, "-p", "fuse-activation", "--print-debuginfo").stdout
    assert 'loc("conv1")' in again


def test_times_are_a_plain_table_in_a_pipe(network: Path) -> None:
    table = run(network, "-p", "canonicalise,fuse-activation", "--timing").stderr
    assert "canonicalise" in table
    assert "total" in table
    assert "\x1b" not in table


def test_a_pass_that_keeps_its_word_passes(network: Path) -> None:
    checked = run(network, "-p", "import", "--random-weights", 0, "--check-numerics")
    assert checked.exit_code == 0
    assert "canonicalise: exact: equal" in checked.stderr


def test_a_pass_that_does_not_is_named(network: Path, users_pass: Path) -> None:
    arguments = (network, "-p", "widen-clamp", "--load-pass", users_pass)
    message = error(*arguments, "--random-weights", 0, "--check-numerics")
    assert "declared exact, but on noise result 0 deviates" in message
    assert "the first is nn.clamp of relu1" in message


@pytest.mark.parametrize("given", ["option", "pass"])
def test_a_pass_is_held_to_its_word_on_samples(
    tmp_path: Path, users_pass: Path, given: str
) -> None:
    """The limit of 100 that it sets is beyond what noise comes to."""
    text = tmp_path / "net.mlir"
    text.write_text(
        'func.func @main(%x: tensor<2xf32> {nn.name = "x"}) -> tensor<2xf32> {\n'
        "  %0 = nn.clamp %x [-100.0, 200.0] : (tensor<2xf32>) -> tensor<2xf32>\n"
        "  func.return %0 : tensor<2xf32>\n}\n"
    )
    samples = tmp_path / "samples.npy"
    np.save(samples, np.array([1, -150, 2, 150], np.float32))
    arguments = (text, "--load-pass", users_pass, "--check-numerics", "-p")
    assert run(*arguments, "widen-clamp").exit_code == 0
    message = (
        error(*arguments, "widen-clamp", "--data", samples)
        if given == "option"
        else error(*arguments, f'widen-clamp,calibrate{{data="{samples}"}}')
    )
    assert "but on sample 1 result 0 deviates by 0.33" in message


def test_passes_are_listed(users_pass: Path) -> None:
    text = run("--list-passes", "--load-pass", users_pass).stdout
    assert "widen-clamp" in text
    assert "Turn every clamp into another one." in text


def test_passes_are_listed_as_json(users_pass: Path) -> None:
    listed = json.loads(
        run("--list-passes", "--json", "--load-pass", users_pass).stdout
    )
    (widen,) = [one for one in listed["passes"] if one["name"] == "widen-clamp"]
    assert widen["semantics"] == "exact"
    assert [option["name"] for option in widen["options"]] == ["high", "keep-low"]
    assert listed["pipelines"]["import"][0]["text"] == "canonicalise"


# A user's own pass


def test_a_users_pass_runs_in_any_position(network: Path, users_pass: Path) -> None:
    pipeline = "canonicalise,widen-clamp{high=8 keep-low},fuse-activation"
    text = run(network, "--load-pass", users_pass, "-p", pipeline).stdout
    assert "then [0.0, 8.0]" in text


@pytest.mark.parametrize(
    ("pipeline", "complaint"),
    [
        ("widen-clamp{hihg=8}", "did you mean 'high'?"),
        ("widen-clamp{high=x}", "takes float for the option 'high', found x"),
        ("widen-clamp{high}", "takes float for the option 'high', found nothing"),
        ("widen-clamp{keep-low=3}", "takes bool for the option 'keep-low', found 3"),
        ("widen-clamp{high=1 high=2}", "option 'high' is given twice"),
        ("widen-clmap", "did you mean 'widen-clamp'?"),
    ],
)
def test_options_are_checked(
    network: Path, users_pass: Path, pipeline: str, complaint: str
) -> None:
    message = error(network, "--load-pass", users_pass, "-p", pipeline, code=2)
    assert complaint in message


def test_a_pass_that_fails_is_named_with_its_line(
    network: Path, tmp_path: Path
) -> None:
    file = tmp_path / "broken.py"
    source = USERS_PASS.replace("op.walk()", "op.wander()")
    file.write_text(source)
    line = source[: source.index("op.wander")].count("\n") + 1
    message = error(network, "--load-pass", file, "-p", "widen-clamp")
    assert f"{file}:{line}: pass 'widen-clamp' failed: AttributeError" in message


LINES_OF_USERS = {
    "numpy": ("import numpy as np", "np.concatenate([])", "need at least one array"),
    "our own": (
        "from aipu.passes.authoring.context import weights_of",
        'weights_of(ctx)["nothing"]',
        'no weight "nothing"',
    ),
    "what xDSL says": (
        "from xdsl.utils.exceptions import VerifyException",
        'raise VerifyException("it cannot be")',
        "it cannot be",
    ),
    "a pattern": (
        "from aipu.passes.authoring.rewriting import rewrite\n"
        "from xdsl.pattern_rewriter import RewritePattern\n"
        "class Pattern(RewritePattern):\n"
        "    def match_and_rewrite(self, op, rewriter):\n"
        "        if isinstance(op, nn.ClampOp):\n"
        "            nn.TransposeOp(op.ifm, [0])  # here",
        "rewrite(op, Pattern())",
        "does not permute rank",
    ),
    "an exit": ("", "raise SystemExit(0)", "SystemExit: 0"),
}


@pytest.mark.parametrize("case", LINES_OF_USERS)
def test_an_error_in_a_users_pass_shows_the_users_line(
    network: Path, tmp_path: Path, case: str
) -> None:
    """Wherever below it the error arose; the stack is there for the asking."""
    imports, fault, words = LINES_OF_USERS[case]
    source = f"{USERS_PASS}\n        {fault}\n"
    head, found, rest = source.partition("from aipu.dialects import nn\n")
    source = f"{head}{found}{imports}\n{rest}"
    file = tmp_path / "broken.py"
    file.write_text(source)
    at = source.index("# here" if "# here" in source else fault)
    place = f"{file}:{source[:at].count(chr(10)) + 1}"
    arguments = (network, "--load-pass", file, "-p", "widen-clamp")
    message = error(*arguments)
    assert place in message
    assert "pass 'widen-clamp'" in message
    assert words in message
    assert "Traceback" not in message
    everything = error(*arguments, "--traceback")
    assert everything.startswith("Traceback")
    assert everything.endswith(message)


def test_the_pass_that_lost_where_an_operator_runs_is_named(
    network: Path, tmp_path: Path
) -> None:
    """It clears what stands on the operators; a later pass falls over that."""
    file = tmp_path / "losing.py"
    file.write_text(
        USERS_PASS.replace(
            "clamp.bounds =", "clamp.attributes.clear()\n                clamp.bounds ="
        )
    )
    pipeline = "place-operators,widen-clamp,canonicalise,outline-segments"
    message = error(network, "--load-pass", file, "-p", pipeline)
    assert "relu1: pass 'outline-segments': nn.clamp is neither on the machi" in message
    assert "the pass 'widen-clamp' made it without its 'place'" in message


def test_without_the_pass_that_says_where_operators_run_it_is_asked_for(
    network: Path,
) -> None:
    message = error(network, "-p", "canonicalise,outline-segments")
    assert "run the pass 'place-operators' before" in message


def test_a_pass_that_breaks_the_module_is_named(network: Path, tmp_path: Path) -> None:
    file = tmp_path / "breaking.py"
    file.write_text(
        USERS_PASS.replace("clamp.bounds =", "clamp.detach()\n                _ =")
    )
    message = error(network, "--load-pass", file, "-p", "widen-clamp")
    assert "pass 'widen-clamp' left a module that is not valid" in message


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1", "nothing in this file adds to the compiler"),
        ("import nosuchmodule", "ModuleNotFoundError"),
        ("x = 1\ndef f(:", "passes.py:2: loading "),
        ("raise SystemExit(0)", "SystemExit"),
        (USERS_PASS.replace("widen-clamp", "layout"), "'layout' exists already"),
    ],
)
def test_files_of_passes_are_checked(
    network: Path, tmp_path: Path, source: str, complaint: str
) -> None:
    file = tmp_path / "passes.py"
    file.write_text(source)
    message = error(network, "--load-pass", file)
    assert str(file) in message
    assert complaint in message


def test_a_missing_file_of_passes(network: Path) -> None:
    assert "no such file" in error(network, "--load-pass", "nowhere.py")


def test_the_same_file_twice_is_loaded_once(network: Path, users_pass: Path) -> None:
    twice = ("--load", users_pass, "--load-pass", users_pass)
    assert "[-100.0, 100.0]" in run(network, *twice, "-p", "widen-clamp").stdout


def test_the_same_pass_in_two_files(
    network: Path, users_pass: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.py"
    other.write_text(f"# another\n{users_pass.read_text()}")
    message = error(network, "--load", users_pass, "--load", other)
    assert "a pass 'widen-clamp' exists already" in message
    assert str(other) in message
