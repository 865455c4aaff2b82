"""Keys and their values: each is judged before any work is done."""

from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from aipu.cli.aipubuild import main
from aipu.errors import AipuError
from aipu.runtime.aipubuild.cfg_file import CfgFile, read_cfg
from aipu.runtime.aipubuild.keys.key import Key
from aipu.runtime.aipubuild.keys.sections import SECTIONS

EVERY_KEY = [
    pytest.param(section, key, id=f"{section}-{key.name}")
    for section, keys in SECTIONS.items()
    for key in keys.values()
]


def read(folder: Path, section: str, *lines: str) -> CfgFile:
    path = folder / "net.cfg"
    path.write_text("\n".join(["[Common]", "mode = run", f"[{section}]", *lines]))
    return read_cfg(path)


@pytest.mark.parametrize(("section", "key"), EVERY_KEY)
def test_a_default_is_a_value_and_asks_for_nothing(section: str, key: Key) -> None:
    assert not key.default or key.values.fits(key.default.lower())
    assert not key.asks_in_vain(key.default)
    assert key.means and key.values.shown


@pytest.mark.parametrize(
    "line",
    [
        "quantize_method_for_weight = bogus",
        "quantize_method_for_activation = per_channel_asymmetric",
        "weight_bits = 3",
        "weight_bits = 8 & <[Convolution]:17>",
        "activation_bits = eight",
        "bias_bits = 15",
        "lut_items_in_bits = 17",
        "quant_type = int8",
        "calibration_strategy_for_activation = average",
        "calibration_strategy_for_weight = extrema & <[(1,2)]:middling>",
        "global_calibration = adaroud",
        "calibration_batch_size = 0",
        "histc_bins = -1",
        "running_statistic_momentum = 1.5",
        "unify_shifts_for_aiff = perhaps",
        "trigger_float_op = float8_preferred",
        "mixed_precision_auto_search = 1,2,X",
        "min_compatible_zhouyi_target = Y1",
        "featuremap_splits_overlap_rate = 100",
        "compat_quantized_model_unify_shifts_mode = least",
        "enable_pass_tune_op_softmax = quick",
        "metric = TopKMetric(",
        "modify_batch_dim = yes",
        "multiplier_bits = 16",
        "trim_infinity_before_statistic = cut",
    ],
)
def test_a_value_that_no_optimizer_has_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(AipuError) as caught:
        read(tmp_path, "Optimizer", line)
    assert caught.value.place == f"{tmp_path / 'net.cfg'}:4"
    assert f"'{line.partition(' =')[0]}' cannot be" in caught.value.message or (
        "expected `value" in caught.value.message
    )
    assert caught.value.remedy or "expected" in caught.value.message


@pytest.mark.parametrize(
    "line",
    [
        "quantize_method_for_weight = Per_Channel_Symmetric_Full_Range",
        "weight_bits = 8& <[(273,274)]:16>",
        "bias_bits = 32& <[(273,274)]:48>",
        "trigger_float_op = disable & <[(258, 272)]:float16_preferred!>",
        "calibration_strategy_for_activation = extrema & <[Convolution]:mean>",
        "calibration_strategy_for_weight = weighted_scale_param[0.1, 0.2, 0.3, 0.4]",
        "trim_infinity_before_statistic = clip(-inf, inf)",
        "global_calibration = adaround[10, 10, 32]",
        "global_calibration = easy_quant[1,2,0.5,2,10,1][Convolution] & adaround",
        "enable_pass_tune_op_softmax = [1][0,2.5] & <[Softmax]:[0][1]>",
        "metric = TopKMetric(1), TopKMetric(5)",
        "min_compatible_zhouyi_target = X2_1204MP3",
        "set_qinvariant_for_start_nodes = 0,2",
        "cast_dtypes_for_lib = True",
        "quant_type = w4afp8e5m2",
        "modify_batch_dim = 4",
    ],
)
def test_a_value_of_the_vendor_s_is_taken(tmp_path: Path, line: str) -> None:
    """It is honoured, or a line says that it changes nothing."""
    cfg = read(tmp_path, "Optimizer", line)
    key, _, value = line.partition(" = ")
    section = cfg.section("optimizer")
    assert section.text(key) == value or any(key in str(each) for each in cfg.remarks)


@pytest.mark.parametrize(
    ("section", "line", "remedy"),
    [
        ("Parser", "model_type = onxx", "did you mean 'onnx'?"),
        ("Parser", "input_data_format = NHCW", "did you mean 'N"),
        ("Parser", "iou_threshold = 2", "expected a number from 0 to 1"),
        ("Parser", "detection_postprocess = YOLO", "did you mean 'YOLO2'?"),
        ("AutoQuantizationTool", "quantize_method = SYMETRIC", "did you mean"),
        ("AutoQuantizationTool", "label_id_offset = one", "expected a whole number"),
        ("AutoQuantizationTool", "quant_precision = int7", "did you mean 'int"),
        ("GBuilder", "profile = maybe", "known: false, true"),
        ("GBuilder", "prof_unit = AIF", "did you mean 'AIFF'?"),
    ],
)
def test_the_remedy_is_the_nearest_value(
    tmp_path: Path, section: str, line: str, remedy: str
) -> None:
    with pytest.raises(AipuError, match="cannot be") as caught:
        read(tmp_path, section, line)
    assert remedy in caught.value.remedy


def test_several_faults_are_one_message(tmp_path: Path) -> None:
    with pytest.raises(AipuError, match="2 values cannot be") as caught:
        read(tmp_path, "Optimizer", "weight_bits = 99", "histc_bins = none")
    assert "net.cfg:4: 'weight_bits' cannot be '99'" in caught.value.message
    assert "net.cfg:5: 'histc_bins' cannot be 'none'" in caught.value.message


@pytest.mark.parametrize(
    ("line", "warns"),
    [
        ("global_calibration = none", False),
        ("global_calibration = adaround", True),
        ("trigger_float_op = disable", False),
        ("trigger_float_op = float16_preferred", True),
        ("cast_dtypes_for_lib = True", False),
        ("calibration_batch_size = 10", False),
        ("opt_config = cfg/template.json", True),
        ("opt_cnofig = cfg/template.json", True),
    ],
)
def test_a_warning_is_one(tmp_path: Path, line: str, warns: bool) -> None:
    """What a standard cfg says anyway is no warning; what asks in vain is one."""
    (remark,) = read(tmp_path, "Optimizer", line).remarks
    assert remark.warning is warns


def test_keys_are_listed() -> None:
    result = CliRunner().invoke(main, ["--keys", "optimizer"])
    assert result.exit_code == 0
    row = next(x for x in result.output.splitlines() if x.startswith("weight_bits"))
    assert "a whole number from 4 to 16; & <[Type]:value>" in row
    assert row.rstrip().endswith("honoured")
    assert "[GBuilder]" not in result.output
    whole = CliRunner().invoke(main, ["--keys"])
    assert all(f"[{section}]" in whole.output for section in SECTIONS)


def test_a_section_that_is_none_is_told() -> None:
    result = CliRunner().invoke(main, ["--keys", "Gbuildr"])
    assert result.exit_code == 1
    assert result.stderr == (
        "[E] no section 'Gbuildr' in a cfg\n  did you mean 'GBuilder'?\n"
    )


@pytest.mark.parametrize("option", ["--version", "-v"])
def test_the_version_is_told(option: str) -> None:
    result = CliRunner().invoke(main, [option])
    assert result.output.split()[1] == version("aipu-compiler")


def test_a_cfg_is_asked_for() -> None:
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 2
    assert "expected NET.cfg" in result.stderr
