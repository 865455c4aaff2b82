"""The library for C: a program of our own calls everything, from several threads."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from aipu.errors import AipuError
from aipu.runtime.device.c import library
from aipu.runtime.device.c.header import calls, header
from aipu.runtime.device.c.library import build_library
from aipu.tests.runtime.device.networks import STRAIGHT, built, expected, zeros

PROGRAM = Path(__file__).with_name("every_call.c")


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library and its header."""
    if find_spec("cffi") is None or shutil.which("cc") is None:
        pytest.skip("needs cffi and a C compiler")
    folder = tmp_path_factory.mktemp("driver")
    build_library(folder)
    return folder


def test_a_program_calls_everything(driver: Path, tmp_path: Path) -> None:
    binary, output = tmp_path / "aipu.bin", tmp_path / "output.bin"
    binary.write_bytes(built(STRAIGHT).binary)
    output.write_bytes(expected(STRAIGHT, zeros()))
    program, dumps = tmp_path / "program", tmp_path / "dumps"
    dumps.mkdir()
    link = (f"-I{driver}", f"-L{driver}", "-laipudrv", f"-Wl,-rpath,{driver}")
    command = ("cc", "-Wall", "-Werror", PROGRAM, *link, "-lpthread", "-o", program)
    subprocess.run(command, check=True)
    done = subprocess.run(
        (program, binary, dumps, output), capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.stderr) == ("0 failures\n", "")
    assert list(dumps.glob("*_Output0_*"))
    assert "job 0x100000001" in (dumps / "log_default").read_text()


def test_the_program_calls_all_there_is() -> None:
    text = PROGRAM.read_text()
    names = re.findall(r"aipu_status_t (\w+)\(", calls())
    assert len(names) == 37
    assert [name for name in names if f"{name}(" not in text] == []


def test_the_header_is_for_cpp_too(driver: Path, tmp_path: Path) -> None:
    source = tmp_path / "defaults.cpp"
    source.write_text(
        '#include "standard_api.h"\n'
        "int main() { uint64_t id = 0;\n"
        '  return aipu_load_graph(nullptr, "x", &id) != AIPU_STATUS_ERROR_NULL_PTR; }\n'
    )
    if shutil.which("c++") is None:
        pytest.skip("needs a C++ compiler")
    command = ("c++", "-Wall", "-Werror", f"-I{driver}", "-c", source)
    subprocess.run((*command, "-o", tmp_path / "defaults.o"), check=True)
    assert (driver / "standard_api.h").read_text() == header()


def test_a_compiler_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(library, "import_module", lambda name: None)
    with pytest.raises(AipuError, match="no C compiler here, looked for cc"):
        build_library(tmp_path / "driver")
    assert not (tmp_path / "driver").exists()


def test_a_compiler_that_fails_is_quoted(
    driver: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text(
        "#!/bin/sh\necho 'x.c:1: fatal error: no Python.h' >&2\nexit 1\n"
    )
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    with pytest.raises(AipuError, match="the C compiler failed: x"):
        build_library(tmp_path / "driver")
    assert list((tmp_path / "driver").iterdir()) == []


def test_a_compiler_that_is_asked_for_and_missing_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cffi")
    monkeypatch.setenv("CC", "/nowhere/cc")
    with pytest.raises(AipuError, match=r"looked for /nowhere/cc\n"):
        build_library(tmp_path / "driver")
