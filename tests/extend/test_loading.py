"""Where extensions come from: files, the environment, installed packages, xDSL."""

import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from xdsl.universe import XDSL_UNIVERSE, Universe

import aipu
from aipu import extend
from aipu.errors import AipuError
from aipu.extend.loading import load_installed
from aipu.extensions import EXTENSIONS
from aipu.passes.moved import MOVED, follow_moved_modules, new_name
from aipu.passes.registry import PASSES
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.extend.conftest import CUBE

ROOT = Path(aipu.__file__).parent
PASS = """\
from dataclasses import dataclass
from aipu.extend import EXACT, AipuPass

@dataclass(frozen=True)
class Nothing(AipuPass):
    \"\"\"Do nothing.\"\"\"
    name = "nothing"
    semantics = EXACT
    def apply(self, ctx, op):
        pass
"""


@pytest.mark.parametrize("name", extend.PLACES)
def test_every_name_is_there_and_exported(name: str) -> None:
    assert getattr(extend, name) is not None
    assert name in extend.__all__
    assert len(extend.__all__) == len(extend.PLACES)


def test_another_name_is_none() -> None:
    with pytest.raises(ImportError, match="nothing_else"):
        exec("from aipu.extend import nothing_else")


def test_a_changed_file_replaces_what_it_added(write) -> None:
    aipu.load_extension(write(PASS))
    aipu.load_extension(write(PASS.replace('"nothing"', '"something"')))
    assert "something" in PASSES
    assert "nothing" not in PASSES
    assert len(EXTENSIONS) == 1


def test_a_file_that_fails_leaves_nothing(write) -> None:
    text = 'from aipu.extend import strategy\n@strategy("s")\ndef s(g, m): ...\n1 / 0\n'
    file = write(text)
    with pytest.raises(AipuError) as raised:
        aipu.load_extension(file)
    assert f"{file}:4: loading {file} failed: ZeroDivisionError" in str(raised.value)
    assert EXTENSIONS == {}
    aipu.load_extension(write(text.replace("1 / 0", "")))


def test_a_pass_that_cannot_run_is_said(write) -> None:
    file = write(PASS.partition("    def apply")[0])
    with pytest.raises(AipuError) as raised:
        aipu.load_extension(file)
    assert f"{file}:4: the pass 'nothing' has no method `apply" in str(raised.value)
    assert EXTENSIONS == {}


def test_a_module_adds_without_being_loaded(write, monkeypatch, tmp_path) -> None:
    """A script, or a module that one imports: its decorators are enough."""
    write(CUBE, "own_cube.py")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = import_module("own_cube")
    known = EXTENSIONS["own_cube"]
    assert known.operators == ["mine.cube"]
    assert module.CubeOp.name == "mine.cube"
    aipu.load_extension(tmp_path / "own_cube.py")  # is there already


def install(folder: Path, module: str, text: str) -> None:
    """Lay a package with an entry point of ours into a folder."""
    (folder / f"{module}.py").write_text(text)
    information = folder / f"{module}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Name: {module}\nVersion: 1.0\n")
    points = f"[aipu.extensions]\nours = {module}\n"
    (information / "entry_points.txt").write_text(points)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_an_installed_extension_needs_no_option(site: Path, model: Path) -> None:
    install(site, "installed_cube", CUBE + PASS)
    assert "mine.cube" in command("ops").output
    assert "mine.cube" in command("ops").output
    assert EXTENSIONS == {}
    package = aipu.compile(model)
    assert "nothing" in PASSES
    assert [each.name for each in package.manifest.extensions] == ["ours"]


def test_an_installed_extension_that_fails_is_named(site: Path) -> None:
    install(site, "installed_fault", "x = 1\ny = 1 / 0\n")
    message = complaint("ops")
    assert "loading the installed extension 'ours' failed: ZeroDivisionE" in message
    assert "installed_fault.py:2" in message


def test_missing_files_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPU_LOAD", "nowhere.py")
    assert "nowhere.py: no such file to load" in complaint("ops")


def test_old_names_of_modules_are_the_new_ones() -> None:
    follow_moved_modules()
    for old in MOVED:
        name = new_name(f"aipu.passes.{old}")
        assert name is not None
        assert import_module(f"aipu.passes.{old}") is import_module(name)
    inner = import_module("aipu.passes.schedule.strategy")
    assert inner is import_module("aipu.passes.scheduling.strategies.strategy")
    assert new_name("aipu.passes.layout") is None


REFUSED = {
    "syntax.py": "SyntaxError",
    "xdsl_passes2.py": "a pass 'cse' exists already",  # which was none then
}
"""Files of passes that cannot be loaded, and what is said."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_loaded_is_said_with_its_line(shared: Path, name: str) -> None:
    file = shared / "cases" / "passes" / name
    with pytest.raises(AipuError) as raised:
        aipu.load_extension(file)
    assert str(raised.value).startswith(f"{file}:")
    assert REFUSED[name] in str(raised.value)


def test_passes_that_were_written_before_run(shared: Path) -> None:
    """In a process of its own, for some of them change our tables by hand."""
    folder = shared / "cases" / "passes"
    files = [str(f) for f in sorted(folder.glob("*.py")) if f.name not in REFUSED]
    script = "\n".join(
        [
            "import aipu",
            "from aipu.extensions import for_a_while",
            "from aipu.passes.registry import PASSES",
            "for file in sys.argv[1:]:",
            "    before = {*PASSES}",
            "    with for_a_while():",
            "        aipu.load_extension(file)",
            "        print(file, *sorted({*PASSES} - before))",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{script}", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(files)
    assert "fuse-siblings" in done.stdout


def test_xdsl_opt_knows_our_dialects_and_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (value,) = project["entry-points"]["xdsl.universe"].values()
    ours = EntryPoint("aipu", value, "xdsl.universe")
    theirs = EntryPoint("xdsl", "xdsl.universe:XDSL_UNIVERSE", "xdsl.universe")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [ours, theirs])
    everything = Universe.get_multiverse()
    assert everything.all_dialects["nn"]().name == "nn"
    assert everything.all_passes["canonicalise"]().name == "canonicalise"
    assert XDSL_UNIVERSE.all_passes.keys() <= everything.all_passes.keys()
    assert {"tile", "aipu"} <= everything.all_dialects.keys()


def test_a_pass_may_stand_elsewhere_in_an_installed_package(site: Path) -> None:
    install(site, "in_parts", "")
    (site / "in_parts.py").unlink()
    (site / "in_parts").mkdir()
    (site / "in_parts" / "__init__.py").write_text("from .passes import Nothing\n")
    (site / "in_parts" / "passes.py").write_text(PASS)
    load_installed()
    assert "nothing" in PASSES
