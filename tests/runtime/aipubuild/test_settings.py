"""What cfgs ask for: chips, names, formats, scores."""

from pathlib import Path

import pytest

from aipu.errors import AipuError
from aipu.runtime.aipubuild.cfg_file import read_cfg
from aipu.runtime.aipubuild.log import Remark
from aipu.runtime.aipubuild.settings import Settings, settings
from aipu.runtime.aipubuild.targets import TARGETS, target_named

PARSER = "[Parser]\nmodel_type = onnx\ninput_model = net.onnx\n"


def read(folder: Path, text: str) -> tuple[Settings, list[Remark]]:
    path = folder / "net.cfg"
    path.write_text(text)
    return settings(read_cfg(path))


@pytest.mark.parametrize("name", ["Z1_0701", "z1_0701", "z1_1002", "Z1_0701_p"])
def test_a_chip_has_any_case(name: str) -> None:
    assert target_named(name, "") == TARGETS[name.upper()]


LATER = "Z2_1104 Z3_1204 X1_1204 X2_1204 X2_1204MP3 X3P_1304 X3S_1304 x2_1204 z3_9999"


@pytest.mark.parametrize("name", LATER.split())
def test_a_later_chip_is_told_from_a_misspelt_one(name: str) -> None:
    with pytest.raises(AipuError) as caught:
        target_named(name, "net.cfg:9")
    assert str(caught.value) == (
        f"net.cfg:9: '{name}' is a later chip, which is not modelled\n"
        "  target = Z1_0701 gives an estimate"
    )


@pytest.mark.parametrize("name", ["Z1_0700", "Z1-0701", "z10701", "r329"])
def test_a_chip_that_is_none_has_a_remedy(name: str) -> None:
    with pytest.raises(AipuError, match="no machine for the target") as caught:
        target_named(name, "")
    assert "Z1_0701" in caught.value.remedy


@pytest.mark.parametrize(
    ("asked", "name"),
    [("nets/conv", "nets_conv"), ("../a b", "a_b"), ("Δ-1", "Δ-1"), ("/", "model")],
)
def test_a_name_is_one_that_a_file_can_have(
    tmp_path: Path, asked: str, name: str
) -> None:
    wanted, remarks = read(tmp_path, f"{PARSER}model_name = {asked}\n")
    assert wanted.name == name
    assert wanted.quantised_name == f"{name}_o"
    assert [f"it is '{name}'" in remark.text for remark in remarks] == (
        [True] if asked != name else []
    )


@pytest.mark.parametrize(
    ("kind", "file", "line"),
    [
        ("torch", "net.pt", "torch.onnx.export"),
        ("tensorflow", "net.h5", "from_keras_model"),
        ("tensorflow", "net.keras", "from_keras_model"),
        ("tensorflow", "saved", "from_saved_model"),
        ("paddle", "net.pdmodel", "paddle2onnx"),
    ],
)
def test_another_format_has_the_line_that_converts_it(
    tmp_path: Path, kind: str, file: str, line: str
) -> None:
    if file == "saved":
        (tmp_path / file).mkdir()
        (tmp_path / file / "saved_model.pb").touch()
    with pytest.raises(AipuError, match="which no frontend reads") as caught:
        read(tmp_path, f"[Parser]\nmodel_type = {kind}\ninput_model = {file}\n")
    assert caught.value.place == f"{tmp_path / 'net.cfg'}:3"
    assert line in caught.value.remedy


def test_words_have_any_case(tmp_path: Path) -> None:
    """As in the cfgs of a later chip's handbook."""
    wanted, remarks = read(
        tmp_path,
        "[Parser]\nmodel_type = ONNX\ninput_model = net.onnx\n"
        "model_domain = OBJECT_DETECTION\n",
    )
    assert (wanted.kind, wanted.domain) == ("onnx", "object_detection")
    assert not remarks


def test_a_domain_that_is_none_is_kept_with_a_warning(tmp_path: Path) -> None:
    wanted, (remark,) = read(tmp_path, f"{PARSER}model_domain = poetry\n")
    assert wanted.domain == "poetry"
    assert remark.warning


@pytest.mark.parametrize(
    ("line", "warns"),
    [
        ("quantize_method_for_weight = per_tensor_symmetric_full_range", False),
        ("quantize_method_for_weight = per_channel_asymmetric", True),
        ("quantize_method_for_activation = per_tensor_symmetric_full_range", False),
        ("quantize_method_for_activation = per_channel_symmetric_full_range", True),
        ("weight_bits = 4", True),
        ("dataset = vocnchwdataset", True),
        ("calibration_strategy_for_activation = 3kld", True),
    ],
)
def test_what_is_done_otherwise_is_a_warning_unless_it_is_finer(
    tmp_path: Path, line: str, warns: bool
) -> None:
    _, (remark,) = read(tmp_path, f"{PARSER}[Optimizer]\n{line}\n")
    assert remark.warning is warns


def test_a_dataset_may_take_rgb_to_bgr(tmp_path: Path) -> None:
    wanted, remarks = read(
        tmp_path, f"{PARSER}[Optimizer]\ndataset = NumpyNHWCRGB2NCBGRHWDataset\n"
    )
    assert wanted.reverses_channels
    assert not remarks


SCORED = f"{PARSER}[Optimizer]\ndata = x.npy\nlabel = y.npy\n"


def test_a_score_is_asked_for_by_three_keys(tmp_path: Path) -> None:
    wanted, remarks = read(tmp_path, f"{SCORED}metric = TopKMetric,TopKMetric(5)\n")
    assert wanted.scoring is not None
    assert wanted.scoring.tops == [1, 5]
    assert wanted.scoring.labels == tmp_path / "y.npy"
    assert not remarks


def test_a_score_through_tvm(tmp_path: Path) -> None:
    text = f"{PARSER}[Runtime]\nmetric = TopKMetric(3)\ndata = x.npy\nlabel = y.npy\n"
    wanted, _ = read(tmp_path, text)
    assert wanted.scoring is not None and wanted.scoring.tops == [3]


def test_a_metric_that_is_not_here_is_named(tmp_path: Path) -> None:
    wanted, (remark,) = read(tmp_path, f"{SCORED}metric = mAPMetric\n")
    assert wanted.scoring is None
    assert "no score by 'mAPMetric', only by TopKMetric(k)" in remark.text
    assert remark.warning


def test_what_a_score_lacks_is_told(tmp_path: Path) -> None:
    wanted, (remark,) = read(
        tmp_path, SCORED.replace("label = y.npy\n", "metric = TopKMetric\n")
    )
    assert wanted.scoring is None
    assert remark == Remark(
        f"{tmp_path / 'net.cfg'}:6: no score: it needs 'label' too", True
    )


def test_data_alone_is_no_warning(tmp_path: Path) -> None:
    _, (remark,) = read(tmp_path, SCORED)
    assert not remark.warning


OPTIMIZER_ALONE = """\
[Common]
graph = ./tiny.txt
bin = ./weights/tiny.bin
model_name = tiny
dataset = numpydataset
calibration_data = ./calibration.npy
calibration_batch_size = 1
quantize_method_for_weight = per_channel_symmetric_restricted_range
output_dir = ./
dataloader_workers = 4
"""


def test_a_cfg_of_the_optimizer_alone_is_known_for_what_it_is(tmp_path: Path) -> None:
    wanted, remarks = read(tmp_path, OPTIMIZER_ALONE)
    assert wanted.model == tmp_path / "tiny.txt"
    assert wanted.weights == tmp_path / "weights/tiny.bin"
    assert wanted.calibration == tmp_path / "calibration.npy"
    assert (wanted.mode, wanted.target.name) == ("build", "Z1_0701")
    assert "a cfg of the optimizer alone" in remarks[0].text
    assert not any(remark.warning for remark in remarks)


def test_a_cfg_of_the_parser_alone(tmp_path: Path) -> None:
    text = PARSER.replace("[Parser]", "[Common]")
    assert read(tmp_path, text)[0].model == tmp_path / "net.onnx"
