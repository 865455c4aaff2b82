"""What is installed: versions are compared as numbers, extras read from the package."""

import pytest

from aipu.runtime.inspecting import installed as module
from aipu.runtime.inspecting.installed import Needed, good, installed

REQUIRES = [
    "numpy>=1.26",
    'pillow>=10; extra == "image"',
    'jinja2>=3.1 ; extra == "report"',
    'nowhere-to-be-found>=1; extra == "other"',
    'aipu-compiler[image,report]; extra == "all"',
    'pytest>=8.2; extra == "test"',
]


@pytest.mark.parametrize(
    ("found", "needed", "expected"),
    [
        ("1.20", ">=1.9", True),
        ("1.9", ">=1.20", False),
        ("2.17.1+cpu", ">=2.9", True),
        ("4.9", ">=4.9,<5", True),
        ("5.0", ">=4.9,<5", False),
        ("1.0.6", "==1.0.6", True),
        ("1.0.7", "==1.0.6", False),
        ("7", "", True),
    ],
)
def test_versions(found: str, needed: str, expected: bool) -> None:
    assert good(found, needed) == expected


def test_what_is_missing_comes_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"pillow": "10.2", "jinja2": "2.9", "aipu-compiler": "0.1.0"}
    monkeypatch.setattr(module, "requires", lambda package: REQUIRES)
    monkeypatch.setattr(module, "_version", versions.get)
    found = installed()
    assert found.packages == [
        Needed("image", "pillow", ">=10", "10.2", True),
        Needed("report", "jinja2", ">=3.1", "2.9", False),
        Needed("other", "nowhere-to-be-found", ">=1", None, False),
    ]
    assert found.remedy == "pip install 'aipu-compiler[report,other]'"
