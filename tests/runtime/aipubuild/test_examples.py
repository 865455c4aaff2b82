"""Cfgs as people have them, from the R329's tool and from later ones."""

from pathlib import Path

import pytest

from aipu.errors import AipuError
from aipu.runtime.aipubuild.cfg_file import CfgFile, Section, read_cfg
from aipu.runtime.aipubuild.keys.sections import SECTIONS
from aipu.runtime.aipubuild.settings import settings

CFGS = Path(__file__).parent / "cfgs"
FILES = sorted(CFGS.glob("*.cfg"))


@pytest.fixture(autouse=True)
def model_zoo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHOUYI_MODEL_ZOO_HOME", "/zoo")


def read(name: str) -> CfgFile:
    (file,) = CFGS.glob(f"{name}_*.cfg")
    return read_cfg(file)


def keys_with_values(path: Path) -> set[str]:
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {key.strip().lower() for key, _, value in pairs if value.strip()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_key_is_honoured_or_answered(file: Path) -> None:
    cfg = read_cfg(file)
    honoured = {key for section in cfg.sections.values() for key in section}
    answered = {
        key
        for key in keys_with_values(file)
        if any(f"'{key}' changes nothing" in remark.text for remark in cfg.remarks)
    }
    assert honoured | answered == keys_with_values(file)
    assert not any("no key" in remark.text for remark in cfg.remarks)


@pytest.mark.parametrize("name", ["a", "b", "c", "h", "j", "k", "l"])
def test_cfgs_for_the_r329_give_settings(name: str) -> None:
    wanted, _ = settings(read(name))
    assert wanted.target.machine == "r329"


def test_the_settings_of_the_tutorial() -> None:
    cfg = read("a")
    wanted, _ = settings(cfg)
    assert wanted.mode == "run"
    assert wanted.model == CFGS / "input/resnet.onnx"
    assert wanted.shapes == {"gpu_0/data_0": [1, 3, 224, 224]}
    assert wanted.outputs_of_model == ["gpu_0/softmax_1"]
    assert wanted.channels_first
    assert wanted.calibration == CFGS / "dataset/dataset.npy"
    assert wanted.inputs == [CFGS / "input/input.bin"]
    assert wanted.outputs == [CFGS / "output.bin"]
    assert wanted.quantised_name == "resnet_50_int8"
    assert any("'simulator' changes nothing" in each.text for each in cfg.remarks)


def test_a_cfg_without_a_model_type_is_tensorflow_s() -> None:
    assert settings(read("c"))[0].kind == "tensorflow"


def test_several_inputs_have_a_shape_each() -> None:
    text = (CFGS / "g_wavenet.cfg").read_text().replace("X1_1204", "Z1_0701")
    wanted, _ = settings(read_text(text))
    assert wanted.shapes == {"feature_In": [1, 390, 23], "seq_len": [1]}


def test_overrides_of_a_strategy_are_kept() -> None:
    text = (CFGS / "i_cix.cfg").read_text().replace("X2_1204MP3", "Z1_0701")
    methods = settings(read_text(text))[0].activations
    assert methods.of(3, "Convolution", "conv1") == "mean"
    assert methods.of(3, "Pooling", "pool1") == "min-max"


@pytest.mark.parametrize("name", ["a", "b", "c", "h", "k", "l"])
def test_nothing_in_a_standard_cfg_is_a_warning(name: str) -> None:
    cfg = read(name)
    _, remarks = settings(cfg)
    assert [each.text for each in (*cfg.remarks, *remarks) if each.warning] == []


def test_what_a_cfg_asks_of_some_layers_is_told() -> None:
    """Layers in float, and of 16 bits, which the machine has not."""
    cfg = read("j")
    _, remarks = settings(cfg)
    warned = [each.text for each in (*cfg.remarks, *remarks) if each.warning]
    keys = ("trigger_float_op", "weight_bits", "activation_bits", "bias_bits")
    assert [key for key in keys for text in warned if f"'{key}'" in text] == list(keys)
    assert len(warned) == len(keys)


def test_comments_are_no_values() -> None:
    wanted, _ = settings(read("k"))
    assert wanted.shapes == {"Placeholder:0": [2, 3, 4], "Placeholder:1": [3, 4, 5]}
    assert wanted.outputs_of_model == ["output1", "output2"]


def test_paddle_is_refused_with_the_line_that_converts_it() -> None:
    with pytest.raises(AipuError, match="a Paddle model") as caught:
        settings(read("d"))
    assert caught.value.place.endswith("d_paddle_resnet50.cfg:5")
    assert "paddle2onnx --model_dir" in caught.value.remedy


@pytest.mark.parametrize("name", ["e", "f", "g", "i"])
def test_later_chips_are_refused_with_one_that_is_near(name: str) -> None:
    with pytest.raises(AipuError, match=r"'X.*' is a later chip") as caught:
        settings(read(name))
    assert caught.value.remedy == "target = Z1_0701 gives an estimate"


def test_all_keys_of_the_facts_are_known() -> None:
    assert len(SECTIONS["Optimizer"]) == 100


OPTIMIZERS = """
[Parser]
model_type = onnx
input_model = net.onnx
[Optimizer_1]
calibration_data = one.npy
[Optimizer_2]
calibration_data = two.npy
"""


def test_of_numbered_sections_the_first_is_the_network_s() -> None:
    wanted, remarks = settings(read_text(OPTIMIZERS))
    assert wanted.calibration is not None and wanted.calibration.name == "one.npy"
    (remark,) = remarks
    assert "[optimizer_2] changes nothing" in remark.text


def test_a_section_without_a_number_goes_first() -> None:
    text = f"{OPTIMIZERS}[Optimizer]\ncalibration_data = all.npy\n"
    wanted, remarks = settings(read_text(text))
    assert wanted.calibration is not None and wanted.calibration.name == "all.npy"
    assert len(remarks) == 2


VALUES = {
    "input_model": "net.onnx",
    "model_type": "onnx",
    "mode": "build",
    "input": "x",
    "input_shape": "[1,2]",
    "target": "Z1_0701",
    "profile": "true",
    "random-init": "true",
    "model_name": "",
    "output_dir": "",
    "quant_ir_name": "",
    "input_data_format": "",
    "input_layout": "",
    "metric": "TopKMetric",
    "data": "x.npy",
    "label": "y.npy",
    **dict.fromkeys(("eval_original_model", "eval_optimized_model"), "true"),
    "model_domain": "object_detection",
    "dataset": "numpydataset",
    "quantize_method_for_weight": "",
    "quantize_method_for_activation": "",
}
"""Of keys that not every text is a value for; one of "" would hide another key."""


@pytest.mark.parametrize("tool", ["AutoQuantizationTool", "Optimizer"])
def test_no_honoured_key_is_read_by_nobody(
    tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()

    def text(section: Section, key: str, default: str = "") -> str:
        asked.add(key)
        return section[key].value if key in section else default

    monkeypatch.setattr(Section, "text", text)
    names = ("Parser", "Common", tool, "GBuilder")
    honoured = {
        name: [key for key, each in SECTIONS[name].items() if not each.inert]
        for name in names
    }
    parser = honoured["Parser"]
    honoured["Common"] = [key for key in honoured["Common"] if key not in parser]
    lines = [
        line
        for name, keys in honoured.items()
        for line in (f"[{name}]", *(f"{key} = {VALUES.get(key, '')}" for key in keys))
    ]
    settings(read_text("\n".join(lines)))
    assert asked >= {key for keys in honoured.values() for key in keys}


def read_text(text: str) -> CfgFile:
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile("w", suffix=".cfg") as file:
        file.write(text)
        file.flush()
        return read_cfg(Path(file.name))
