"""The wheel holds the whole package, and works where nothing of the repository is."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from venv import EnvBuilder
from zipfile import ZipFile

import pytest

from aipu.runtime.inspecting.operator_support import FRONTENDS
from aipu.tests.extend.conftest import CUBE, cube_model
from aipu.tests.small_model import save, small_model

ROOT = Path(__file__).parents[1]
OF_THE_PROJECT = ("pyproject.toml", "README.md", "LICENSE")
NETWORKS = Path("examples") / "networks"
"""The only examples that commands use."""

IDENTITY = """\
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.reshape %x : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}
"""
BUILD = ("build", "small.onnx", "-o", "package")


def folders() -> Iterator[Path]:
    """The folders of the package: those that Python imports, and all in them."""
    for top in ROOT.iterdir():
        if (top / "__init__.py").is_file() and not top.name.startswith("."):
            yield top
            yield from (each for each in top.rglob("[!_]*") if each.is_dir())
    yield ROOT / NETWORKS


def files() -> set[str]:
    """The files of the package as they should lie in a wheel."""
    inside = [file for folder in folders() for file in folder.iterdir()]
    beside = [*ROOT.glob("*.py"), ROOT / "py.typed"]
    return {
        f"aipu/{file.relative_to(ROOT).as_posix()}"
        for file in (*inside, *beside)
        if file.is_file()
    }


def run(*command: str | Path, folder: Path) -> str:
    """What a command prints that succeeds."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for setuptools leaves folders where it builds."""
    source = tmp_path_factory.mktemp("source")
    for folder in ROOT.iterdir():
        if (folder / "__init__.py").is_file() and not folder.name.startswith("."):
            copytree(
                folder, source / folder.name, ignore=ignore_patterns("__pycache__")
            )
    copytree(ROOT / NETWORKS, source / NETWORKS, ignore=ignore_patterns("__pycache__"))
    for file in (*ROOT.glob("*.py"), *(ROOT / name for name in OF_THE_PROJECT)):
        copy(file, source)
    copy(ROOT / "py.typed", source)
    run(sys.executable, "-m", "pip", "wheel", ".", "--no-deps", folder=source)
    return next(source.glob("*.whl"))


def test_the_list_of_packages_is_complete() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = project["tool"]["setuptools"]["packages"]
    found = (
        "aipu",
        *(".".join(("aipu", *f.relative_to(ROOT).parts)) for f in folders()),
    )
    assert listed == sorted(found)


def test_it_holds_every_file_of_the_package(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("aipu/")}
    assert names == files()


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment: the wheel in it, and no extra."""
    folder = tmp_path_factory.mktemp("environment")
    EnvBuilder().create(folder)
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
    run(*pip, "install", "--quiet", "--no-compile", wheel, folder=folder)
    return folder / "bin"


def test_it_builds_a_model_in_a_fresh_environment(
    programs: Path, tmp_path: Path
) -> None:
    save(small_model(), tmp_path / "small.onnx")
    assert "small on r329" in run(programs / "aipu", *BUILD, folder=tmp_path)
    assert "2 of 2 layers bit-exact" in run(
        programs / "aipu", "verify", "package", folder=tmp_path
    )


def test_it_compares_a_network_of_its_own(programs: Path, tmp_path: Path) -> None:
    assert "A53, 2 threads" in run(
        programs / "aipu", "bench", "ds_cnn_s", folder=tmp_path
    )


def test_its_operators_are_listed_without_any_extra(
    programs: Path, tmp_path: Path
) -> None:
    assert "Conv" in run(programs / "aipu", "ops", *FRONTENDS, folder=tmp_path)


def test_it_is_extended_from_one_file(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "cube.py").write_text(CUBE)
    save(cube_model(), tmp_path / "cubes.onnx")
    loaded = ("--load", "cube.py")
    aipu = programs / "aipu"
    run(aipu, "build", "cubes.onnx", "-o", "cubes", *loaded, folder=tmp_path)
    verified = run(aipu, "verify", "cubes", *loaded, folder=tmp_path)
    assert "1 of 1 layers bit-exact" in verified
    assert "wrote cap_relu.py" in run(aipu, "new", "pass", "cap-relu", folder=tmp_path)
    listed = run(
        *(programs / "aipu-opt", "--list-passes", "--load", "cap_relu.py"),
        folder=tmp_path,
    )
    assert "cap-relu" in listed


def test_xdsl_opt_knows_its_dialects_and_passes(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "identity.mlir").write_text(IDENTITY)
    command = (programs / "xdsl-opt", "identity.mlir", "-p", "canonicalise")
    assert "nn.reshape" not in run(*command, folder=tmp_path)
