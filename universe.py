"""Our dialects and passes for xDSL's own tools: `xdsl-opt` knows them once installed.

Names that xDSL has itself stay its own.
"""

from xdsl.dialects import get_all_dialects
from xdsl.transforms import get_all_passes
from xdsl.universe import Universe

from .passes.authoring.context import DIALECTS
from .passes.registry import PASSES

AIPU = Universe(
    all_dialects={n: d for n, d in DIALECTS.items() if n not in get_all_dialects()},
    all_passes={n: p for n, p in PASSES.items() if n not in get_all_passes()},
)
"""What the entry point `xdsl.universe` names."""
