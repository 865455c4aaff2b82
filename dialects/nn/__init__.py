"""The `nn` dialect: a network as operators on whole tensors.

Feature maps are NHWC. An operator is float or quantised by the element type of its
tensors: `f32`, or `!quant.uniform` with `i8` storage. Every operator has one result,
`ofm`, and says in its docstring what it computes; `dialects/semantics` computes it.

An operator stands in its module, and nowhere else: what a module here defines is a name
of the package, and what of it is an operator is one of the dialect.
"""

from xdsl.ir import Dialect, Operation

from .attributes import *
from .composite import *
from .convolution import *
from .detection import *
from .elementwise import *
from .movement import *
from .normalisation import *
from .onnx_node import *
from .operator import *
from .pooling import *
from .quantisation import *
from .reduction import *
from .resampling import *
from .tensors import *
from .traits import *
from .unary import *
from .weights import *


def _operators() -> list[type[Operation]]:
    """The classes of this package that have a name in the text."""
    return [
        value
        for value in globals().values()
        if isinstance(value, type)
        and issubclass(value, Operation)
        and vars(value).get("name", "").startswith("nn.")
    ]


Nn = Dialect("nn", _operators(), [ClampAttr, RescaleAttr])
