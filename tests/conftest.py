"""What tests share: where the optional collection of real models lies, and skips."""

from pathlib import Path

import pytest
from hypothesis import Phase, settings

pytest_plugins = ("aipu.tests.skipping", "aipu.tests.within_bounds")

SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
"""How long an example takes depends on what else the machine does."""

settings.register_profile(
    "mutations",
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
"""For tests/mutations.py: one failure says enough, it need not be a small one."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real models, data and oracles, beside the repository."""
    if not (SHARED / "models").is_dir():
        pytest.skip("needs ../shared, which is not part of the repository")
    return SHARED


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parameters stand in one order: workers that share tests compare their lists."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if any(isinstance(each, set | frozenset) for each in mark.args):
            raise pytest.UsageError(f"{metafunc.definition.nodeid} draws from a set")
