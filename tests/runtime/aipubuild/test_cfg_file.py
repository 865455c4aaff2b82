"""The text of a cfg, as careless people write it."""

from pathlib import Path

import pytest

from aipu.errors import AipuError
from aipu.runtime.aipubuild.cfg_file import CfgFile, read_cfg


def read(folder: Path, text: str) -> CfgFile:
    path = folder / "net.cfg"
    path.write_text(text)
    return read_cfg(path)


def test_keys_and_sections_have_any_case(tmp_path: Path) -> None:
    cfg = read(tmp_path, "[COMMON]\nMode = run\n")
    assert cfg.section("common").text("mode") == "run"


def test_an_unknown_key_is_told_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    cfg = read(tmp_path, "[GBuilder]\n\ntraget = Z1_0701\n")
    (remark,) = cfg.remarks
    assert remark.warning
    assert remark.text.endswith("no key 'traget' in [GBuilder]: did you mean 'target'?")
    assert "net.cfg:3:" in remark.text


def test_an_unknown_section_is_told(tmp_path: Path) -> None:
    (remark,) = read(tmp_path, "[Praser]\n").remarks
    assert remark.warning
    assert "no section 'Praser': did you mean 'Parser'?" in remark.text


def test_numbered_sections_are_known(tmp_path: Path) -> None:
    cfg = read(tmp_path, "[Optimizer_1]\nweight_bits = 8\n")
    assert not cfg.remarks
    assert cfg.section("optimizer_1").text("weight_bits") == "8"


def test_a_value_may_go_on_in_indented_lines(tmp_path: Path) -> None:
    cfg = read(tmp_path, "[Parser]\ninput = a,\n  b,\n    c\noutput = d\n")
    assert cfg.section("parser").text("input").split() == ["a,", "b,", "c"]
    assert cfg.section("parser").text("output") == "d"


def test_a_comment_may_stand_behind_a_value(tmp_path: Path) -> None:
    """As in the sample that the vendor's parser comes with."""
    cfg = read(tmp_path, "[Parser]\nmodel_type = onnx   # your framework\n")
    assert cfg.section("parser").text("model_type") == "onnx"


def test_variables_are_filled_in(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("ZOO", "/models")
    cfg = read(tmp_path, "[Parser]\ninput_model = ${ZOO}/a.onnx\n")
    assert cfg.section("parser").text("input_model") == "/models/a.onnx"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("mode = run\n", 1, "expected a section first"),
        ("[Common]\n= run\n", 2, "= run"),
        ("[Common]\nmode = run\nmode = build\n", 3, "a second value for 'mode'"),
        ("[Common]\n[Common]\n", 2, "a second section 'Common'"),
        ("[Common]\nmode\n\n  run\n", 4, "expected .* key = value, found"),
        ("[Parser]\ninput_model = ${NOT_SET_ANYWHERE}\n", 2, "NOT_SET_ANYWHERE"),
    ],
)
def test_faults_are_told_with_their_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    with pytest.raises(AipuError, match=message) as caught:
        read(tmp_path, text)
    assert caught.value.place == f"{tmp_path / 'net.cfg'}:{line}"


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.cfg").write_bytes(b"[Common]\n\xff\xfe")
    with pytest.raises(AipuError, match="not a text"):
        read_cfg(tmp_path / "net.cfg")
    with pytest.raises(AipuError, match="no such file"):
        read_cfg(tmp_path / "other.cfg")
