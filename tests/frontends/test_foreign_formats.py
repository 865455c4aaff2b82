"""Models of well known formats that nobody reads here: the line that converts them."""

import zipfile
from pathlib import Path

import pytest

from aipu.errors import AipuError
from aipu.frontends.formats import importer


def refused(path: Path) -> AipuError:
    with pytest.raises(AipuError) as caught:
        importer(path)
    assert "\n" not in caught.value.remedy
    return caught.value


@pytest.mark.parametrize("name", ["net.h5", "net.keras", "dir/net.hdf5"])
def test_keras(name: str) -> None:
    error = refused(Path(name))
    assert "a Keras model" in error.message
    assert f"load_model('{name}'" in error.remedy
    assert "'net.tflite'" in error.remedy


@pytest.mark.parametrize("name", ["saved", "saved/saved_model.pb"])
def test_a_saved_model_is_a_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").touch()
    error = refused(tmp_path / name)
    assert f"from_saved_model('{tmp_path / 'saved'}')" in error.remedy


def test_another_folder(tmp_path: Path) -> None:
    assert refused(tmp_path).message == "a folder, and no SavedModel"
    assert "name the file" in refused(tmp_path).remedy


def test_a_script_of_torch_is_told_from_a_pickle(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "net.pt", "w") as file:
        file.writestr("net/code/__torch__.py", "")
    (tmp_path / "weights.pt").write_bytes(b"\x80")
    script = refused(tmp_path / "net.pt")
    assert "a TorchScript module" in script.message
    assert "torch.onnx.export(torch.jit.load(" in script.remedy
    pickle = refused(tmp_path / "weights.pt")
    assert "a pickle of torch.save" in pickle.message
    assert "torch.export.save(" in pickle.remedy


@pytest.mark.filterwarnings("ignore")
def test_the_line_for_a_script_converts_it(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.ReLU()).eval()
    torch.jit.save(torch.jit.trace(module, torch.zeros(1, 4)), tmp_path / "net.pt")
    line = refused(tmp_path / "net.pt").remedy
    program = line.split('python -c "')[1].split('", with')[0]
    exec(program.replace("SHAPE", "1, 4").replace("'net.onnx'", f"'{tmp_path}/n.onnx'"))
    assert importer(tmp_path / "n.onnx")(tmp_path / "n.onnx").name == "n"


def test_paddle() -> None:
    assert "paddle2onnx --model_dir dir --model_filename net.pdmodel" in (
        refused(Path("dir/net.pdmodel")).remedy
    )
