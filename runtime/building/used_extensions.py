"""The extensions that a package was built with, and that reading it takes."""

from collections.abc import Iterable

from xdsl.dialects.builtin import ModuleOp

from ...errors import AipuError
from ...extensions import EXTENSIONS
from ..manifest import UsedExtension


def used_extensions(modules: Iterable[ModuleOp]) -> list[UsedExtension]:
    """All that are loaded, with those of their operators that a level has."""
    names = {op.name for module in modules for op in module.walk()}
    return [
        UsedExtension(
            each.name, each.sha256, [name for name in each.operators if name in names]
        )
        for each in EXTENSIONS.values()
    ]


def check_loaded(used: Iterable[UsedExtension], place: str) -> None:
    """Check that the extensions are loaded whose operators a package has.

    Raises:
        AipuError: one is not, or another version of it is.
    """
    digests = {each.sha256 for each in EXTENSIONS.values()}
    names = {each.name: each.sha256 for each in EXTENSIONS.values()}
    for each in used:
        if not each.operators or each.sha256 in digests:
            continue
        operators = ", ".join(each.operators)
        if each.name in names:
            raise AipuError(
                f"built with another version of {each.name}, which has {operators}: "
                f"sha256 {each.sha256[:12]}, loaded is {names[each.name][:12]}",
                place=place,
                remedy="load that version, or build the model again",
            )
        raise AipuError(
            f"built with the extension {each.name}, sha256 {each.sha256[:12]}, which "
            f"has {operators} and is not loaded",
            place=place,
            remedy=f"load it: --load {each.name}, AIPU_LOAD={each.name}, or "
            f'aipu.load_extension("{each.name}")',
        )
