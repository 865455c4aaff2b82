"""The networks and statistics that a build leaves behind, in the vendor's formats."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from aipu.frontends.formats import importer
from aipu.runtime.aipubuild.build import aipubuild
from aipu.runtime.aipubuild.log import Log
from aipu.tests.small_model import images, save, small_model

CFG = """\
[Common]
mode = build
[Parser]
model_type = onnx
model_name = tiny
input_model = tiny.onnx
output_dir = out
[{tool}]
calibration_data = images.npy
[GBuilder]
target = Z1_0701
"""


def built(folder: Path, tool: str) -> Path:
    save(small_model(), folder / "tiny.onnx")
    np.save(folder / "images.npy", images(4))
    cfg = folder / "tiny.cfg"
    cfg.write_text(CFG.format(tool=tool))
    aipubuild(cfg, Log(lambda line: None))
    return folder / "out"


@pytest.mark.parametrize(
    ("tool", "quantised"),
    [("AutoQuantizationTool", "tiny_int8"), ("Optimizer", "tiny_o")],
)
def test_both_networks_can_be_read_back(tmp_path, tool, quantised):
    out = built(tmp_path, tool)
    for model in ("tiny", quantised):
        path = out / f"{model}.txt"
        assert path.with_suffix(".bin").is_file()
        assert importer(path)(path).weights_source == "model"


def test_old_cfgs_leave_the_largest_and_the_least(tmp_path):
    out = built(tmp_path, "AutoQuantizationTool")
    largest, least = (np.load(out / f"tiny_{end}.npy") for end in ("max", "min"))
    assert largest["layer"].tolist() == least["layer"].tolist()
    assert (least["min"] <= 0).all()
    assert (largest["max"] > least["min"]).all()


def test_new_cfgs_leave_a_template(tmp_path):
    out = built(tmp_path, "Optimizer")
    table = np.load(out / "tiny_statistic_info.npy")
    layers = msgspec.json.decode((out / "tiny_opt_template.json").read_bytes())
    assert list(layers) == list(dict.fromkeys(table["layer"].tolist()))
    assert all(layer["q_bits_activation"] == 8 for layer in layers.values())
