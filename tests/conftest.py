"""What tests share: where the optional collection of real models lies."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real models, data and oracles, beside the repository."""
    if not (SHARED / "models").is_dir():
        pytest.skip("needs ../shared, which is not part of the repository")
    return SHARED
