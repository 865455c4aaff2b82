"""Cfgs carried out, from the model to the files that they name."""

import re
import runpy
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import onnx
import pytest

from aipu import load
from aipu.errors import AipuError
from aipu.runtime.aipubuild.build import aipubuild
from aipu.runtime.aipubuild.log import Log
from aipu.runtime.building.package import Package
from aipu.tests.small_model import model_of

EXAMPLES = Path(__file__).parents[3] / "examples"
CFG = """\
[Common]
mode = {mode}
[Parser]
model_type = onnx
model_name = tiny
input_data_format = NCHW
input_model = tiny.onnx
input = image
input_shape = [1, 3, 64, 64]
output = {output}
output_dir = out
[AutoQuantizationTool]
calibration_data = images.npy
{quantiser}
[GBuilder]
{builder}
target = {target}
"""

Aipubuild = Callable[..., list[str]]


def run_cfg(
    folder: Path, text: str, name: str = "net", verbose: bool = False
) -> list[str]:
    """The log of a cfg in a folder."""
    cfg = folder / f"{name}.cfg"
    cfg.write_text(text)
    lines: list[str] = []
    aipubuild(cfg, Log(lines.append, verbose))
    return lines


def carried_out(
    folder: Path,
    mode: str = "build",
    builder: str = "",
    quantiser: str = "",
    target: str = "Z1_0701",
    output: str = "scores",
    verbose: bool = False,
) -> list[str]:
    """The log of a build of the model in a folder."""
    text = CFG.format(
        mode=mode, builder=builder, quantiser=quantiser, target=target, output=output
    )
    return run_cfg(folder, text, "tiny", verbose)


@contextmanager
def with_model(folder: Path) -> Iterator[Path]:
    """A folder with the model and its images, the current one for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        runpy.run_path(str(EXAMPLES / "tiny_network.py"), run_name="__main__")
        yield folder


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with with_model(tmp_path):
        yield tmp_path


@pytest.fixture
def carry_out(folder: Path) -> Aipubuild:
    return partial(carried_out, folder)


class Built(NamedTuple):
    """A log, and the package that was built."""

    lines: list[str]
    package: Package


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A build that is asked for nothing."""
    with with_model(tmp_path_factory.mktemp("usual")) as folder:
        return Built(carried_out(folder), load(folder / "out/tiny.package"))


def test_a_build_leaves_its_files(carry_out: Aipubuild, folder: Path) -> None:
    carry_out(builder="outputs = deploy/aipu.bin\nprofile = True")
    package = load(folder / "out/tiny.package")
    assert (folder / "deploy/aipu.bin").read_bytes() == package.binary
    graph = msgspec.json.decode((folder / "out/graph.json").read_bytes())
    assert [node["layer node name"] for node in graph["nodes"]] == [
        layer.name for layer in package.profile.layers
    ]
    macs = sum(layer.macs for layer in package.profile.layers)
    assert sum(node["ops_count"] for node in graph["nodes"]) == 2 * macs
    adds_up((folder / "out/profile_data.bin").read_bytes())


def adds_up(profile: bytes) -> None:
    """The cycles of the layers of a profile are those of the whole."""
    header, size, layers, kilohertz, cycles = struct.unpack_from("<4IQ", profile)
    records = struct.iter_unpack("<3Q", profile[header:])
    assert (size, layers, kilohertz) == (len(profile), 2, 800_000)
    assert sum(record[0] for record in records) == cycles


def test_a_run_gives_the_int8_of_its_outputs(
    carry_out: Aipubuild, folder: Path
) -> None:
    image = np.load(folder / "images.npy")[:1]
    nhwc = image.transpose(0, 2, 3, 1).astype("<f4")
    (folder / "input.bin").write_bytes(nhwc.tobytes())
    lines = carry_out("run", "inputs = input.bin\noutputs = scores.bin")
    package = load(folder / "out/tiny.package")
    expected = package.run({"image": image}).outputs["scores"]
    (line,) = (line for line in lines if line.startswith("[I] output scores"))
    scale = float(line.partition("output_scale:[")[2].partition("]")[0])
    zero_point = int(line.partition("zero_point:[")[2].partition("]")[0])
    stored = np.frombuffer((folder / "scores.bin").read_bytes(), np.int8)
    reals = (stored.astype(float) - zero_point) / scale
    assert np.abs(reals - expected[0]).max() <= 0.51 / scale


def test_inputs_are_symmetric(carry_out: Aipubuild, folder: Path) -> None:
    (folder / "input.bin").write_bytes(bytes(3 * 64 * 64))
    lines = carry_out("run", "inputs = input.bin")
    (line,) = (line for line in lines if line.startswith("[I] input image"))
    assert "zero_point" not in line


def test_samples_in_nhwc_are_turned(
    usual: Built, carry_out: Aipubuild, folder: Path
) -> None:
    images = np.load(folder / "images.npy").transpose(0, 2, 3, 1)
    np.save(folder / "images.npy", images)
    lines = carry_out()
    assert any("are NHWC: turned for the input" in line for line in lines)
    scales = [line for line in usual.lines if "output_scale" in line]
    assert scales == [line for line in lines if "output_scale" in line]


def test_the_method_of_a_layer_may_differ(carry_out: Aipubuild, folder: Path) -> None:
    carry_out(quantiser="calibration_method = extrema")
    wide = load(folder / "out/tiny.package").binary
    carry_out(quantiser="calibration_method = extrema & <[FullyConnected]:mean>")
    assert load(folder / "out/tiny.package").binary != wide


def test_the_log_ends_with_its_warnings(carry_out: Aipubuild) -> None:
    lines = carry_out(builder="local_lib = kernels.so")
    warnings = sum(line.startswith("[W]") for line in lines)
    assert lines[-1] == f"[I] Total errors: 0, warnings: {warnings}"
    assert warnings


def test_the_scale_of_an_output_is_told_as_the_vendor_s_tool_does(
    usual: Built,
) -> None:
    (line,) = (line for line in usual.lines if "output_scale" in line)
    assert re.match(
        r"\[I\] layer_id: \d+, layer_top:scores, output_scale:\[[\d.]+\]", line
    )


def test_more_is_said_if_asked_for(carry_out: Aipubuild, folder: Path) -> None:
    quiet, verbose = carry_out(), carry_out(verbose=True)
    assert set(quiet) < set(verbose)
    package = load(folder / "out/tiny.package")
    for layer in package.profile.layers:
        said = f"[I] layer {layer.name}: {layer.cycles} cycles, {layer.macs} MACs"
        assert any(line.startswith(said) for line in verbose)
    folder = folder / "out/tiny.package-levels"
    made = [line.split()[-1] for line in verbose if line.startswith("[I] aipu-opt ")]
    assert made == [str(folder / f"{name}.mlir") for name in ("model", "tile", "aipu")]


def test_the_log_tells_the_time_of_the_whole(usual: Built) -> None:
    """The machine alone, then with its host; each segment has a line."""
    log, report = usual.lines, usual.package.report
    alone = f"{report['machine_fps']:.2f} FPS, machine alone"
    assert any(line.endswith(alone) for line in log)
    whole = f"{report['fps']:.2f} FPS: machine "
    assert any(whole in line and "estimates" in line for line in log)
    segments = [line for line in log if line.startswith("[I] on the ")]
    assert [line.split()[3] for line in segments] == ["host,", "machine,", "host,"]


def test_layers_are_compared_on_what_the_network_is_for(usual: Built) -> None:
    lines, package = usual
    assert any("on 4 calibration samples of the package:" in line for line in lines)
    for row in package.verify():
        if row.level == "binary" and row.cosine is not None:
            assert f"[I] layer {row.name}: cosine {row.cosine:.5f}" in lines


def test_doubts_about_the_samples_are_counted(
    carry_out: Aipubuild, folder: Path
) -> None:
    np.save(folder / "images.npy", np.load(folder / "images.npy")[:3])
    lines = carry_out()
    warnings = [line for line in lines if line.startswith("[W]")]
    assert any("3 calibration samples" in warning for warning in warnings)
    assert lines[-1].endswith(f"warnings: {len(warnings)}")


def test_a_misspelt_key_is_told_before_what_came_of_it(folder: Path) -> None:
    (folder / "x.cfg").write_text("[Parser]\nmodel_typ=onnx\ninput_model=tiny.onnx\n")
    lines: list[str] = []
    with pytest.raises(AipuError, match="a model of the type 'tensorflow'"):
        aipubuild(folder / "x.cfg", Log(lines.append))
    assert lines[0].endswith("did you mean 'model_type'?")


def test_a_network_that_is_all_for_the_host_is_a_warning(
    carry_out: Aipubuild, folder: Path
) -> None:
    """Nothing there has a scale, so that raw files hold reals."""
    model = model_of("Softmax", [1, 3, 64, 64])
    model.graph.input[0].name = model.graph.node[0].input[0] = "image"
    onnx.save(model, folder / "tiny.onnx")
    image = np.load(folder / "images.npy")[:1]
    image.transpose(0, 2, 3, 1).astype("<f4").tofile(folder / "x.bin")
    lines = carry_out("run", "inputs = x.bin\noutputs = y.bin", output="y")
    assert any("[W] the machine runs nothing of this network" in line for line in lines)
    assert f"[I] output y: {folder / 'y.bin'}, float32" in lines
    found = np.fromfile(folder / "y.bin", "<f4").reshape(image.shape)
    powers = np.exp(image - image.max(-1, keepdims=True))
    assert np.allclose(found, powers / powers.sum(-1, keepdims=True), atol=1e-6)


def test_wrong_names_and_sizes_are_told(carry_out: Aipubuild, folder: Path) -> None:
    with pytest.raises(AipuError, match="score"):
        carry_out(output="score")
    with pytest.raises(
        AipuError, match="no machine for the target 'Z1_0700'"
    ) as caught:
        carry_out(target="Z1_0700")
    assert caught.value.remedy == "did you mean 'Z1_0701'?"
    (folder / "input.bin").write_bytes(b"abc")
    with pytest.raises(AipuError, match="expected 12288 bytes of int8"):
        carry_out("run", "inputs = input.bin")
    with pytest.raises(AipuError, match="1 inputs of the network"):
        carry_out("run", "inputs = a.bin, b.bin")
    with pytest.raises(AipuError, match="'profile' cannot be 'perhaps'"):
        carry_out(builder="profile = perhaps")
