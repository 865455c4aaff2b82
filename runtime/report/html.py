"""Reports as one HTML file each; they need the packages of the extra `report`."""

from collections.abc import Sequence
from importlib.util import find_spec

from ...errors import AipuError
from ..inspecting.cutting import Cut
from .findings import Findings

NEEDED = ("jinja2", "matplotlib", "fast_sugiyama")


def html(findings: Findings, layer: str | None = None) -> bytes:
    """The page in UTF-8; `layer` is the one whose engines it shows one by one.

    Raises:
        AipuError: a package that it needs is missing, or there is no such layer.
    """
    require(*NEEDED)
    from .page.render import render

    return render(findings, layer).encode()


def compared_html(names: Sequence[str], packages: Sequence[Findings]) -> bytes:
    """The page of two packages side by side, in UTF-8.

    Args:
        names: that they are shown under.
        packages: the first, and what it is compared with.

    Raises:
        AipuError: a package of Python that it needs is missing.
    """
    require("jinja2", "fast_sugiyama")
    from .page.compared import render_compared

    return render_compared(names, packages).encode()


def cut_html(cut: Cut) -> bytes:
    """The page of a network that would be cut, in UTF-8.

    Raises:
        AipuError: a package of Python that it needs is missing.
    """
    require("jinja2", "fast_sugiyama")
    from .page.cutting import render_cut

    return render_cut(cut).encode()


def require(*packages: str) -> None:
    """
    Raises:
        AipuError: a package is missing.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise AipuError(
            f"the HTML report needs {' and '.join(missing)}",
            remedy="pip install 'aipu-compiler[report]'",
        )
