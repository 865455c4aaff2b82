"""Where CI runs the tests, a skip is a failure, unless it is one of a short list.

A package that is missing must not turn tests off in silence: tests/allowed_skips.toml
says which skips may be. Elsewhere, tests skip as they like.
"""

import os
import tomllib
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

ALLOWED = Path(__file__).with_name("allowed_skips.toml")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


class NoOtherSkips:
    """A plugin: a test or module that skips fails, but for the reasons allowed."""

    def __init__(self, allowed: Sequence[str]):
        """`allowed`: how the reasons begin that are good."""
        self.allowed = tuple(allowed)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self,
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        return self.judged((yield))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        return self.judged((yield))

    def judged(self, report: Report) -> Report:
        """The report; a failure if it is of a skip that is not allowed."""
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = reason_of(report)
            if not reason.startswith(self.allowed):
                report.outcome = "failed"
                report.longrepr = (
                    f"skipped: {reason}\nIn CI this is a failure: install what is "
                    f"missing, or give the reason in {ALLOWED.name}."
                )
        return report


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped, in its own words."""
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else report.longreprtext
    return text.removeprefix("Skipped: ")


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI"):
        allowed = tomllib.loads(ALLOWED.read_text("utf-8"))
        config.pluginmanager.register(NoOtherSkips(list(allowed)), "no-other-skips")
