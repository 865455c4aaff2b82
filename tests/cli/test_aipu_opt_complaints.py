"""What `aipu-opt` says of what is wrong with its arguments and files."""

from pathlib import Path

import numpy as np
import pytest

from aipu.dialects.semantics.weights import WeightStore
from aipu.tests.cli.opt import error, run


@pytest.mark.parametrize(
    ("pipeline", "complaint"),
    [
        ("canonicalize", "did you mean 'canonicalise'?"),
        ("imprt", "did you mean 'import'?"),
        ("canonicalise{depth=1}", "the pass 'canonicalise' has no option 'depth'"),
        ("import{depth=1}", "no pass of the pipeline 'import' has an option 'depth'"),
        ("canonicalise{", "expected the name of an option, or }"),
        ("canonicalise,,layout", "expected the name of a pass"),
        ("canonicalise layout", "expected a comma"),
        ("builtin.module(layout", "expected )"),
        ('layout{x="a}', "a quote is not closed"),
    ],
)
def test_pipelines_are_checked(network: Path, pipeline: str, complaint: str) -> None:
    assert complaint in error(network, "-p", pipeline, code=2)


def test_the_place_in_a_pipeline_is_shown(network: Path) -> None:
    message = error(network, "-p", "canonicalise,lay out", code=2)
    line, carets = message.splitlines()[1:3]
    assert carets.index("^") == line.index("out")


def test_an_unknown_option_is_a_fault_of_usage(network: Path) -> None:
    assert "--timing" in error(network, "--tming", code=2)


def test_a_file_is_needed() -> None:
    assert "FILE" in error(code=2)


def test_a_file_that_is_not_there() -> None:
    assert "nowhere.mlir: cannot read" in error("nowhere.mlir")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.mlir").mkdir()
    assert "folder.mlir: cannot read" in error(tmp_path / "folder.mlir")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "binary.mlir"
    file.write_bytes(b"\xff\xfe\x00")
    assert "not a text in UTF-8" in error(file)


def test_a_format_that_no_frontend_reads(tmp_path: Path) -> None:
    (tmp_path / "model.xyz").touch()
    assert "no frontend reads '.xyz' files" in error(tmp_path / "model.xyz")


def test_an_empty_text() -> None:
    assert "<stdin>:1:1" in error("-", text="")


def test_a_file_of_weights_that_is_none(network: Path) -> None:
    network.with_suffix(".npz").write_bytes(b"not a zip")
    assert "network.npz: not a weight file" in error(network)


def test_a_weight_that_is_missing(network: Path) -> None:
    WeightStore({"w": np.ones((2, 1, 1, 2), np.float32)}).save(
        network.with_suffix(".npz")
    )
    assert 'no weight "b"' in error(network)


def test_a_weight_of_another_shape(network: Path) -> None:
    weights = WeightStore({"w": np.ones(3), "b": np.ones(2)})
    weights.save(network.with_suffix(".npz"))
    assert 'the weight "w" has shape [3] in the weight store' in error(network)


def test_a_pass_that_needs_weights_where_there_are_none(network: Path) -> None:
    assert "no weight" in error(network, "-p", "fold-affine")


@pytest.mark.parametrize("arguments", [("--batch", 2), ("--shape", "x=1x2")])
def test_arguments_of_models_are_not_for_texts(
    network: Path, arguments: tuple[object, ...]
) -> None:
    assert "is for a model" in error(network, *arguments)


@pytest.mark.parametrize("shape", ["1x3", "x=", "x=1xa", "=1x2"])
def test_shapes_are_checked(network: Path, shape: str) -> None:
    assert "NAME=1x3x224x224" in error(network, "--shape", shape, code=2)


def test_an_output_that_cannot_be_written(network: Path) -> None:
    output = network.parent / "nowhere" / "out.mlir"
    assert "out.mlir: cannot write" in error(network, "-o", output)


def test_a_run_that_fails_writes_nothing(network: Path) -> None:
    output = network.with_name("out.mlir")
    output.write_text("as it was")
    error(network, "-p", "fold-affine", "-o", output)
    assert output.read_text() == "as it was"
    assert sorted(path.name for path in network.parent.iterdir()) == [
        "network.mlir",
        "out.mlir",
    ]


def test_a_dump_folder_that_cannot_be_made(network: Path) -> None:
    message = error(network, "--dump-dir", network / "dump")
    assert "cannot make this folder" in message


def test_help_shows_an_example() -> None:
    text = run("--help").stdout
    assert "aipu-opt model.onnx -p import -o model.mlir" in text
