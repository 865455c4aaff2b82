"""The report as one HTML file; it needs the packages of the extra `report`."""

from importlib.util import find_spec

from ...errors import AipuError
from .findings import Findings

NEEDED = ("jinja2", "matplotlib")


def html(findings: Findings, layer: str | None = None) -> bytes:
    """The page in UTF-8; `layer` is the one whose engines it shows one by one.

    Raises:
        AipuError: a package that it needs is missing, or there is no such layer.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise AipuError(
            f"the HTML report needs {' and '.join(missing)}",
            remedy="pip install 'aipu-compiler[report]'",
        )
    from .page.render import render

    return render(findings, layer).encode()
