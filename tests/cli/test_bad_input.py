"""Bad models, samples and folders: one message each, and nothing is written."""

from pathlib import Path

import numpy as np
import pytest
from onnx import numpy_helper

from aipu.tests.cli.command import aipu, complaint
from aipu.tests.small_model import images, model_of, save, small_model

MACHINE = """
base = "r329"
name = "little"
description = "an r329 with too little memory"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the output goes; it has no other files."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def refused(folder: Path, model: Path, *options: str | Path) -> str:
    """What `aipu build` says to bad input; it must leave no trace."""
    message = complaint("build", model, "-o", folder / "out", *options)
    assert list(folder.iterdir()) == []
    return message


# Models


@pytest.mark.parametrize("name", ["missing.onnx", "resnet50"])
def test_a_model_that_is_not_there(name: str, folder: Path, tmp_path: Path) -> None:
    message = refused(folder, tmp_path / name)
    assert message == f"aipu: {tmp_path / name}: no such file\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"a text and no model at all", "not an ONNX model"),
        (small_model().SerializeToString()[:500], "not an ONNX model"),
    ],
)
def test_a_file_that_is_no_model(
    content: bytes, words: str, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(content)
    assert words in refused(folder, path)


def test_a_format_that_nobody_reads(folder: Path, tmp_path: Path) -> None:
    path = save(small_model(), tmp_path / "model.xyz")
    assert "no frontend reads '.xyz' files" in refused(folder, path)


def test_all_unsupported_operators_are_listed(folder: Path, tmp_path: Path) -> None:
    bad = model_of("Bernoulli", [1, 10])
    bad.graph.node.add(op_type="Frob", name="the Frob", input=["y"], output=["z"])
    bad.graph.output[0].name = "z"
    message = refused(folder, save(bad, tmp_path / "bad.onnx"))
    assert "2 nodes are not supported" in message
    assert "node 'the Bernoulli' (Bernoulli)" in message
    assert "node 'the Frob' (Frob)" in message


def test_an_open_shape(folder: Path, tmp_path: Path) -> None:
    path = save(small_model(("n", 3, "h", "w")), tmp_path / "open.onnx")
    assert "input 'image': a static shape is needed" in refused(folder, path)


# Samples


def spoilt(value: float) -> np.ndarray:
    array = images(4)
    array[2, 1, 3, 4] = value
    return array


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (images(4)[:, :, :8], "expected samples of shape [3, 16, 16]"),
        (images(4).transpose(0, 2, 3, 1), "it looks like NHWC, the input is NCHW"),
        (images(1)[0], "for a single sample, add an axis in front"),
        (images(4).astype(np.uint8), "expected reals (float32), found uint8"),
        (spoilt(np.nan), "sample 2 holds NaN or infinity"),
        (spoilt(np.inf), "sample 2 holds NaN or infinity"),
        (np.ones_like(images(4)), "every element is 1.0"),
        (images(0), "there are no samples"),
    ],
)
def test_samples_that_do_not_fit(
    array: np.ndarray, words: str, model: Path, folder: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "bad.npy", array)
    assert words in refused(folder, model, "--calibration", tmp_path / "bad.npy")


def test_samples_under_a_wrong_name(model: Path, folder: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", imgae=images(4))
    message = refused(folder, model, "--calibration", tmp_path / "bad.npz")
    assert "calibration data for 'imgae', which is no input" in message


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY\x01\x00"])
def test_samples_that_are_no_arrays(
    content: bytes, model: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.npy").write_bytes(content)
    message = refused(folder, model, "--calibration", tmp_path / "bad.npy")
    assert "or a damaged one" in message


def test_samples_that_are_not_there(model: Path, folder: Path, tmp_path: Path) -> None:
    message = refused(folder, model, "--calibration", tmp_path / "missing.npy")
    assert "no such file" in message


def test_a_folder_without_samples(model: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    message = refused(folder, model, "--calibration", tmp_path / "samples")
    assert "there are no .npy files in this folder" in message


def test_a_batch_beyond_the_memory_of_the_board(model: Path, folder: Path) -> None:
    message = refused(folder, model, "--batch", "1000000000000")
    assert "input 'image': a feature map of the shape [1000000000000, 3," in message
    assert "needs 768000.0 GB in int8, r329 has 0.1 GB of DRAM" in message
    assert "use a smaller batch" in message


# Machines


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ("[dram]\nbits = 1000", "unknown key dram.bits"),
        ("[array]\nrows = 0", "array.rows"),
        ("[array", "not a TOML file"),
    ],
)
def test_a_machine_that_will_not_do(
    numbers: str, words: str, model: Path, folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "little.toml"
    target.write_text(MACHINE + numbers)
    message = refused(folder, model, "--target", target)
    assert words in message


def test_a_machine_without_room_leaves_the_work_to_the_host(
    model: Path, tmp_path: Path
) -> None:
    target = tmp_path / "little.toml"
    target.write_text(MACHINE + "[sram]\nbytes = 256")
    result = aipu("build", model, "-o", tmp_path / "out", "--target", target)
    assert result.exit_code == 0
    assert "warning: the machine runs nothing of this network" in result.stderr
    assert "not even its smallest tile fits little: " in result.stdout


def test_too_much_memory_is_itemised(folder: Path, tmp_path: Path) -> None:
    wide = model_of("Gemm", [1, 1024])
    wide.graph.node[0].input.append("weight")
    matrix = np.random.default_rng(0).normal(0, 1, (1024, 2048)).astype(np.float32)
    wide.graph.initializer.append(numpy_helper.from_array(matrix, "weight"))
    path = save(wide, tmp_path / "wide.onnx")
    target = tmp_path / "little.toml"
    target.write_text(MACHINE + "[dram]\nbytes = 1_000_000")
    message = refused(folder, path, "--target", target)
    assert "needs 2.1 MB of DRAM, little has 1.0 MB: 1.1 MB too many" in message
    assert "2.1 MB  weights\n" in message
    assert "0.0 MB  feature maps\n" in message
    assert "build it for a larger target" in message


def test_a_machine_that_is_not_there(model: Path, folder: Path, tmp_path: Path) -> None:
    message = refused(folder, model, "--target", tmp_path / "missing.toml")
    assert "cannot read the target file" in message


# Folders


def test_a_folder_that_is_no_package_is_kept(model: Path, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("precious")
    message = complaint("build", model, "-o", tmp_path)
    assert "the folder is not empty, and has no package.json" in message
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_a_file_is_no_folder(model: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    message = complaint("build", model, "-o", tmp_path / "file")
    assert "expected a folder, found a file" in message
    assert (tmp_path / "file").read_text() == "old"


@pytest.mark.parametrize("place", ["missing/out", "file/out", "/proc/out"])
def test_a_folder_that_cannot_be_made(place: str, model: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = complaint("build", model, "-o", tmp_path / place)
    assert "a folder that you may write to?" in message
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_folder_is_looked_at_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = complaint("build", tmp_path / "missing.onnx", "-o", tmp_path / "file")
    assert "expected a folder, found a file" in message


def test_an_old_package_survives_a_build_that_fails(copy: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    complaint("build", tmp_path / "missing.onnx", "-o", copy)
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before
