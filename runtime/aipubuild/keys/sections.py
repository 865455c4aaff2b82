"""The keys of each section of a cfg.

They are those of Arm-China's AIPUBuilder: sections `AutoQuantizationTool` of the R329's
3.0.x and `Optimizer` of later ones. `Runtime` is of a build through TVM.
"""

from collections.abc import Mapping

from ....errors import AipuError, nearest
from .builder import GBUILDER
from .common import COMMON
from .key import Keys, honoured, keys
from .optimizer import OPTIMIZER
from .parser import PARSER
from .quantisation_tool import AUTO_QUANTIZATION_TOOL
from .values import FILE

RUNTIME: Keys = {name: OPTIMIZER[name] for name in ("metric", "data", "label")}

SECTIONS: Mapping[str, Keys] = {
    "Common": COMMON,
    "Parser": PARSER,
    "AutoQuantizationTool": AUTO_QUANTIZATION_TOOL,
    "Optimizer": OPTIMIZER,
    "GBuilder": GBUILDER,
    "Runtime": RUNTIME,
}
"""By the vendor's names; cfgs may have them in any case."""

BY_LOWER_CASE: Mapping[str, Keys] = {
    name.lower(): keys for name, keys in SECTIONS.items()
}

ALONE: Keys = {
    **OPTIMIZER,
    **COMMON,
    **keys(
        [
            honoured("graph", "text of an IR", FILE),
            honoured("bin", "constants of an IR", FILE),
        ]
    ),
}
"""Of a section `[Common]` without others: of the parser alone, or of the optimizer."""


def keys_of(*names: str) -> Mapping[str, Keys]:
    """The keys of sections, in any case; of all of them if none is named.

    Raises:
        AipuError: no section has such a name.
    """
    known = {section.lower(): section for section in SECTIONS}
    for name in names:
        if name.lower() not in known:
            raise AipuError(
                f"no section '{name}' in a cfg", remedy=nearest(name, SECTIONS)
            )
    chosen = [known[name.lower()] for name in names] or list(SECTIONS)
    return {section: SECTIONS[section] for section in chosen}
