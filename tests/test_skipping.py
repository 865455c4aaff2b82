"""In CI a skip is a failure, unless its reason is on the list."""

import ast
import tomllib
from pathlib import Path

import pytest

from aipu.tests.skipping import ALLOWED, NoOtherSkips

pytest_plugins = ("pytester",)

TESTS = """
    import pytest

    def test_listed():
        pytest.skip("needs the moon, which is far")

    def test_missing():
        pytest.importorskip("a_package_that_is_not_there", reason="needs a package")

    @pytest.mark.xfail
    def test_known_to_fail():
        assert False

    def test_sound():
        pass
"""
MODULE = """
    import pytest

    pytest.importorskip("a_package_that_is_not_there", reason="needs a package")
"""


@pytest.fixture
def plugin() -> NoOtherSkips:
    return NoOtherSkips(["needs the moon,"])


def test_only_skips_on_the_list_pass(
    pytester: pytest.Pytester, plugin: NoOtherSkips
) -> None:
    pytester.makepyfile(TESTS)
    result = pytester.inline_run(plugins=[plugin])
    passed, skipped, failed = result.listoutcomes()
    assert [report.nodeid.split("::")[1] for report in passed] == ["test_sound"]
    assert [report.nodeid.split("::")[1] for report in failed] == ["test_missing"]
    assert "skipped: needs a package" in failed[0].longreprtext
    assert len(skipped) == 2


def test_a_module_that_skips_as_a_whole_fails(
    pytester: pytest.Pytester, plugin: NoOtherSkips
) -> None:
    pytester.makepyfile(MODULE)
    result = pytester.inline_run(plugins=[plugin])
    (report,) = result.getfailedcollections()
    assert "skipped: needs a package" in report.longreprtext


def test_without_the_plugin_both_are_skips(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    _, skipped, failed = pytester.inline_run().listoutcomes()
    assert len(skipped) == 3
    assert not failed


def test_the_list_is_short_and_gives_reasons() -> None:
    allowed = tomllib.loads(ALLOWED.read_text("utf-8"))
    assert len(allowed) <= 3
    assert all(isinstance(why, str) and why for why in allowed.values())


def imported(path: Path) -> set[str]:
    """The packages that a module takes as soon as it is read."""
    names: list[str] = []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            names += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return {name.partition(".")[0] for name in names}


def test_no_module_needs_torch_to_be_read() -> None:
    """`make test` runs without: what needs it skips, by `pytest.importorskip`."""
    modules = list(Path(__file__).parent.rglob("*.py"))
    assert Path(__file__) in modules
    assert not [path.name for path in modules if "torch" in imported(path)]
