"""Where a build writes: made or refused before any work, never over what it reads."""

import runpy
from pathlib import Path

import numpy as np
import onnx
import pytest
from click.testing import CliRunner, Result

from aipu import load
from aipu.cli.aipubuild import main
from aipu.tests.runtime.aipubuild.test_build import EXAMPLES

CFG = """\
[Common]
mode = {mode}
log_file = logs/build.log
[Parser]
model_type = onnx
model_name = {name}
input_model = tiny.onnx
input = {input}
output = {output}
output_dir = {output_dir}
[Optimizer]
calibration_data = images.npy
calibration_strategy_for_activation = extrema
{optimizer}
[GBuilder]
{builder}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / "tiny_network.py"), run_name="__main__")
    return tmp_path


def run(
    mode: str = "build",
    name: str = "tiny",
    input: str = "image",
    output: str = "scores",
    output_dir: str = "deep/er/out",
    optimizer: str = "",
    builder: str = "",
) -> Result:
    Path("net.cfg").write_text(
        CFG.format(
            mode=mode,
            name=name,
            input=input,
            output=output,
            output_dir=output_dir,
            optimizer=optimizer,
            builder=builder,
        )
    )
    return CliRunner().invoke(main, ["net.cfg"])


def errors(result: Result) -> str:
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stderr


@pytest.mark.parametrize(
    ("gone", "line"), [("tiny.onnx", 7), ("images.npy", 12)], ids=["model", "samples"]
)
def test_a_file_that_is_not_there_is_said_by_its_line(
    folder: Path, gone: str, line: int
) -> None:
    Path(gone).unlink()
    result = run()
    assert f"[E] net.cfg:{line}: there is no file {gone}\n" in errors(result)
    assert "Parsing model" not in result.output


def test_all_folders_are_made(folder: Path) -> None:
    result = run(name="nets/tiny", builder="outputs = deploy/of/board/aipu.bin")
    assert result.exit_code == 0
    made = {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    }
    assert {
        "deploy/of/board/aipu.bin",
        "deep/er/out/nets_tiny.txt",
        "deep/er/out/nets_tiny_o.bin",
        "deep/er/out/nets_tiny_opt_template.json",
        "deep/er/out/nets_tiny.package/package.json",
        "logs/build.log",
    } <= made


def test_the_log_file_is_what_was_said(folder: Path) -> None:
    result = run()
    assert (folder / "logs/build.log").read_text() == result.stdout


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"output_dir": "tiny.onnx/out"}, 10),
        ({"builder": "outputs = tiny.onnx/aipu.bin"}, 16),
        ({"builder": "outputs = folder"}, 16),
        ({"builder": "outputs = tiny.onnx"}, 16),
        ({"name": "n" * 300}, 6),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(
    folder: Path, wrong: dict[str, str], line: int
) -> None:
    (folder / "folder").mkdir()
    result = run(**wrong)
    assert errors(result).startswith(f"[E] net.cfg:{line}: cannot write ")
    assert "Parsing model" not in result.stdout
    onnx.load(folder / "tiny.onnx")


def test_a_folder_that_is_no_package_is_refused_before_any_work(folder: Path) -> None:
    other = folder / "deep/er/out/tiny.package"
    other.mkdir(parents=True)
    (other / "mine.txt").touch()
    result = run()
    assert "the folder is not empty" in errors(result)
    assert "Parsing model" not in result.stdout


def test_the_log_file_exists_on_failure_too(folder: Path) -> None:
    result = run(output="nowhere")
    message = errors(result)
    assert message.startswith(
        "[E] net.cfg:9: the model has no tensor 'nowhere'\n  did you mean"
    )
    log = (folder / "logs/build.log").read_text()
    assert message in log
    assert log.endswith("[I] Total errors: 1, warnings: 0\n")


def test_the_log_file_exists_where_the_settings_are_wrong(folder: Path) -> None:
    errors(run(builder="target = X1_1204"))
    log = (folder / "logs/build.log").read_text()
    assert "'X1_1204' is a later chip" in log


def test_an_input_that_is_none_has_its_line(folder: Path) -> None:
    assert errors(run(input="imgae")).startswith("[E] net.cfg:8: the model has no")


def test_remedies_are_keys_of_a_cfg(folder: Path) -> None:
    model = onnx.load("tiny.onnx")
    model.graph.node.append(
        onnx.helper.make_node("Mystery", ["scores"], ["odd"], domain="x")
    )
    model.opset_import.append(onnx.helper.make_opsetid("x", 1))
    model.graph.output.append(onnx.helper.make_tensor_value_info("odd", 1, None))
    onnx.save(model, "tiny.onnx")
    message = errors(run(output="odd"))
    assert "cut the graph before them: output = scores in [Parser]" in message
    assert "--" not in message


def test_inputs_and_outputs_may_be_nodes(folder: Path) -> None:
    model = onnx.load("tiny.onnx")
    for number, node in enumerate(model.graph.node):
        node.name = f"/net/{node.op_type}.{number}"
    names = [node.name for node in model.graph.node]
    onnx.save(model, "tiny.onnx")
    np.save("images.npy", np.random.default_rng(0).normal(size=(32, 16, 64, 64)))
    result = run(input=names[0], output=names[-2])
    assert result.exit_code == 0, result.stderr
    package = load(folder / "deep/er/out/tiny.package")
    assert list(package.inputs) == list(model.graph.node[0].output)
    assert list(package.outputs) == list(model.graph.node[-2].output)


def test_a_network_is_not_written_over_the_input_or_the_binary(folder: Path) -> None:
    """The vendor keeps these elsewhere, and people call an input after its network."""
    image = np.load("images.npy")[:1].transpose(0, 2, 3, 1).astype("<f4")
    Path("tiny.bin").write_bytes(image.tobytes())
    result = run("run", output_dir=".", builder="inputs = tiny.bin")
    assert result.exit_code == 0
    assert Path("tiny.bin").read_bytes() == image.tobytes()
    assert Path("tiny_float.txt").is_file() and Path("tiny_float.bin").is_file()
    result = run(output_dir=".", builder="outputs = tiny_o.bin")
    assert result.exit_code == 0
    assert Path("tiny_o.bin").read_bytes() == load(folder / "tiny.package").binary
    assert Path("tiny_o_ir.txt").is_file()


def test_an_optimizer_s_cfg_builds_the_ir(folder: Path) -> None:
    assert run(output_dir=".").exit_code == 0
    float_ir = Path("tiny.txt").read_bytes()
    Path("opt.cfg").write_text(
        "[Common]\ngraph = ./tiny.txt\nbin = ./tiny.bin\nmodel_name = tiny\n"
        "calibration_data = ./images.npy\ndataset = numpydataset\n"
        "calibration_strategy_for_activation = extrema\noutput_dir = ./\n"
    )
    result = CliRunner().invoke(main, ["opt.cfg"])
    assert result.exit_code == 0, result.stderr
    assert "a cfg of the optimizer alone" in result.stdout
    assert Path("tiny.txt").read_bytes() == float_ir
    assert Path("tiny_o.txt").is_file()


LABELS = "metric = TopKMetric, TopKMetric(3)\ndata = scored.npy\nlabel = labels.npy"


def score(labels: np.ndarray, samples: np.ndarray, extra: str = "") -> Result:
    np.save("scored.npy", samples)
    np.save("labels.npy", labels)
    return run(optimizer=f"{LABELS}\n{extra}")


def rank(row: np.ndarray, label: int) -> int:
    """How many classes come before one; of equal ones the first."""
    return sum(row > row[label]) + sum(row[:label] == row[label])


def test_a_network_is_scored(folder: Path) -> None:
    """Labels that the float network itself gives, but for the first of them."""
    images = np.load("images.npy")
    assert run().exit_code == 0
    package = load(folder / "deep/er/out/tiny.package")
    levels = {
        level: package.reference({"image": images}, level)["scores"]
        for level in ("float", "quantised")
    }
    labels = levels["float"].argmax(1)
    labels[0] = levels["float"][0].argmin()
    top1, top3 = (
        {
            level: np.mean(
                [rank(row, label) < k for row, label in zip(rows, labels, strict=True)]
            )
            for level, rows in levels.items()
        }
        for k in (1, 3)
    )
    result = score(labels, images)
    count = len(images)
    for k, found in ((1, top1), (3, top3)):
        expected = f"float {found['float']:.2%}, quantised {found['quantised']:.2%}"
        line = f"[I] score: top-{k} of {count} samples: {expected}"
        assert line in result.stdout.splitlines()
    assert f"{(count - 1) / count:.2%}" in result.stdout


def test_a_score_takes_nhwc_and_rows_of_one_one(folder: Path) -> None:
    images = np.load("images.npy")
    classes = np.eye(10)[np.zeros(len(images), int)]
    one = score(np.zeros(len(images), int), images)
    two = score(classes, images.transpose(0, 2, 3, 1))
    scores = [
        [line for line in each.stdout.splitlines() if "score:" in line]
        for each in (one, two)
    ]
    assert scores[0] == scores[1] != []


def test_one_network_may_be_scored(folder: Path) -> None:
    images = np.load("images.npy")
    result = score(np.zeros(len(images)), images, "eval_original_model = False")
    (line,) = (x for x in result.stdout.splitlines() if "score: top-1" in x)
    assert "quantised" in line and "float" not in line


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (np.zeros(3, int), "3 labels for"),
        (np.full(32, 0.5), "expected whole numbers"),
        (np.zeros((32, 4)), "expected one class a sample"),
    ],
)
def test_why_there_is_no_score_is_told(
    folder: Path, labels: np.ndarray, why: str
) -> None:
    images = np.resize(np.load("images.npy"), (32, 3, 64, 64))
    result = score(labels, images)
    assert result.exit_code == 0
    assert f"[W] no score: labels.npy: {why}" in result.stdout


def test_what_is_for_the_board_is_told(folder: Path) -> None:
    lines = run().stdout.splitlines()
    assert any("the binary is for the simulator here" in line for line in lines)
    assert any(
        "aipugb deep/er/out/tiny_o.txt -w deep/er/out/tiny_o.bin" in x for x in lines
    )
