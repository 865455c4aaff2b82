"""The `aipu` dialect: what the machine executes.

Buffers with addresses, hardware loops, and instructions in the queues of five engines,
ordered by tokens. Executing the instructions of an entry one by one, in the order of
the text, is always right; the engines overlap them as far as tokens allow.
"""

from xdsl.ir import Dialect, Operation

from .dma import *
from .index import *
from .instruction import *
from .mac import *
from .network import *
from .program import *
from .vector import *


def _operations() -> list[type[Operation]]:
    """The classes of this package that have a name in the text."""
    return [
        value
        for value in globals().values()
        if isinstance(value, type)
        and issubclass(value, Operation)
        and vars(value).get("name", "").startswith("aipu.")
    ]


Aipu = Dialect(
    "aipu",
    _operations(),
    [
        BufferType,
        DataflowAttr,
        EngineAttr,
        ExtentAttr,
        IndexAttr,
        IndicesAttr,
        NamesAttr,
    ],
)
