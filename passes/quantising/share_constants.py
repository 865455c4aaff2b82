"""Let equal constants have one key.

    %a = nn.weight "sigmoid/table"            %a = nn.weight "sigmoid/table"
    ...                                 ==>   ...
    %b = nn.weight "sigmoid.2/table"          %b = nn.weight "sigmoid/table"

Comes last of what makes constants. A scheduler sees keys and no contents: what several
operators take, as all steps of a recurrent layer their tables, it can keep on chip.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, StringAttr

from ...dialects import nn
from ..authoring.context import weights_of
from ..authoring.promises import EXACT, AipuPass

Content = tuple[str, tuple[int, ...], bytes]
"""The type, the shape and a digest of the elements of an array."""


@dataclass(frozen=True)
class ShareConstantsPass(AipuPass):
    """Equal constants have the key of the first of them."""

    name = "share-constants"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        store = weights_of(ctx)
        first: dict[Content, StringAttr] = {}
        seen: dict[str, StringAttr] = {}
        for weight in op.walk():
            if isinstance(weight, nn.WeightOp) and weight.scale is None:
                key = weight.key.data
                if key not in seen:
                    seen[key] = first.setdefault(content_of(store[key]), weight.key)
                weight.key = seen[key]


def content_of(array: np.ndarray) -> Content:
    """What equal arrays have in common, and others do not."""
    elements = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return array.dtype.str, array.shape, sha256(elements.data).digest()
