"""Graphs that are fed with whole numbers: as they are, and only where reals do."""

from pathlib import Path

import numpy as np
import pytest

from aipu import compile as build
from aipu.errors import UnsupportedError
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.passes.authoring.functions import main_function, stored_type
from aipu.tests.frontends.tensorflow.conftest import computed
from aipu.tests.runtime.aipubuild.test_build import run_cfg

KINDS = [np.uint8, np.int8, np.uint16, np.int16, np.int32, np.int64]
SCALE = np.array([0.5, 0.25, 0.125], np.float32)


def picture(kind: type, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 100, (1, 6, 6, 3)).astype(kind)


def normalised(writer, kind: type) -> None:
    """As exporters begin a network that takes pictures: cast, scaled, convolved."""
    writer.placeholder("x", (1, 6, 6, 3), kind)
    real = np.dtype(np.float32)
    writer.node("Cast", "cast", "x", SrcT=np.dtype(kind), DstT=real)
    writer.node("Mul", "scaled", "cast", writer.constant("scale", SCALE), T=real)
    writer.node("Sub", "y", "scaled", writer.constant("mean", np.float32(1.5)), T=real)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_whole_numbers(writer, saved, kind: type) -> None:
    normalised(writer, kind)
    imported = import_tensorflow(saved(writer))
    (argument,) = main_function(imported.module).args
    stored = stored_type(argument)
    assert stored is not None and (stored.scale, stored.zero_point) == (1, 0)
    assert stored.limits == (np.iinfo(kind).min, np.iinfo(kind).max)
    x = picture(kind)
    (found,) = computed(imported, [x.astype(np.float32)])
    assert np.array_equal(found, x * SCALE - 1.5)


@pytest.mark.parametrize("kind", [np.uint8, np.int32])
def test_it_takes_arrays_of_its_own_type(writer, saved, kind: type) -> None:
    normalised(writer, kind)
    pictures = np.concatenate([picture(kind, seed) for seed in range(16)])
    package = build(saved(writer), calibration=pictures)
    x = picture(kind)
    expected = x * SCALE - 1.5
    assert np.array_equal(package.reference({"x": x}, "float")["y"], expected)
    assert np.array_equal(
        package.reference({"x": x.astype(int)}, "float")["y"], expected
    )
    found = package.run({"x": x}).outputs["y"]
    assert np.abs(found - expected).max() <= 0.02 * np.abs(expected).max()


def test_what_moves_whole_numbers_is_taken(writer, saved) -> None:
    writer.placeholder("x", (1, 4), np.uint8)
    kind = np.dtype(np.uint8)
    writer.node("Reshape", "tall", "x", writer.constant("to", [4, 1]), T=kind)
    writer.node("Cast", "wide", "tall", SrcT=kind, DstT=np.dtype(np.int32))
    writer.node("Add", "sum", "wide", writer.constant("n", 7), T=np.dtype(np.int32))
    writer.node("Cast", "y", "sum", SrcT=np.dtype(np.int32), DstT=np.dtype(np.float32))
    x = np.array([[0, 9, 200, 255]], np.float32)
    (found,) = computed(import_tensorflow(saved(writer)), [x])
    assert found.tolist() == [[7], [16], [207], [262]]


@pytest.mark.parametrize(
    ("operator", "kind"),
    [("Add", np.uint8), ("Mul", np.int16), ("Div", np.int32), ("FloorDiv", np.int64)],
)
def test_what_rounds_or_wraps_is_refused(writer, saved, operator, kind) -> None:
    writer.placeholder("x", (1, 4), kind)
    writer.placeholder("z", (1, 4), kind)
    writer.node(operator, "odd", "x", "z", T=np.dtype(kind))
    writer.node("Cast", "y", "odd", SrcT=np.dtype(kind), DstT=np.dtype(np.float32))
    with pytest.raises(UnsupportedError, match=f"'odd' \\({operator}\\)"):
        import_tensorflow(saved(writer))


def test_a_cast_to_fewer_is_refused(writer, saved) -> None:
    writer.placeholder("x", (1, 4), np.int32)
    writer.node("Cast", "y", "x", SrcT=np.dtype(np.int32), DstT=np.dtype(np.uint8))
    with pytest.raises(UnsupportedError, match="a cast that rounds or wraps"):
        import_tensorflow(saved(writer))


def test_a_raw_file_holds_the_model_s_own_integers(
    writer, saved, tmp_path: Path
) -> None:
    """`input.bin` of a uint8 placeholder is bytes from 0 to 255, as on the board."""
    normalised(writer, np.uint8)
    writer.node("Conv2D", "z", "y", writer.constant("w", np.full((1, 1, 3, 2), 0.5)),
                strides=[1, 1, 1, 1], padding="SAME")  # fmt: skip
    path = saved(writer)
    np.save(
        tmp_path / "pictures.npy",
        np.concatenate([picture(np.uint8, s) for s in range(16)]),
    )
    x = picture(np.uint8)
    (tmp_path / "x.bin").write_bytes(x.tobytes())
    lines = run_cfg(
        tmp_path,
        f"[Common]\nmode = run\n[Parser]\ninput_model = {path}\nmodel_name = net\n"
        f"[Optimizer]\ncalibration_data = pictures.npy\n"
        "[GBuilder]\ninputs = x.bin\noutputs = z.bin\n",
    )
    assert any(
        "input x: " in line and "uint8, output_scale:[1.0" in line for line in lines
    )
    (line,) = (line for line in lines if line.startswith("[I] output z"))
    scale = float(line.partition("output_scale:[")[2].partition("]")[0])
    zero_point = int((line.partition("zero_point:[")[2] or "0]").partition("]")[0])
    stored = np.frombuffer((tmp_path / "z.bin").read_bytes(), np.int8)
    expected = (x * SCALE - 1.5).sum(-1, keepdims=True) * 0.5
    reals = (stored.reshape(1, 6, 6, 2).astype(float) - zero_point) / scale
    assert np.abs(reals - expected).max() <= 0.03 * np.abs(expected).max()
